package org.trampoline.emulator.oracle;

/**
 * The CPUs Unicorn can be: they decide what cpuid reports and which instructions are valid. The
 * order is that of {@code uc_cpu_x86} in x86.h.
 */
public enum UnicornCpuModel {
  QEMU64,
  PHENOM,
  CORE2DUO,
  KVM64,
  QEMU32,
  KVM32,
  COREDUO,
  I486,
  PENTIUM,
  PENTIUM2,
  PENTIUM3,
  ATHLON,
  N270,
  CONROE,
  PENRYN,
  NEHALEM,
  WESTMERE,
  SANDYBRIDGE,
  IVYBRIDGE,
  HASWELL,
  BROADWELL,
  SKYLAKE_CLIENT,
  SKYLAKE_SERVER,
  CASCADELAKE_SERVER,
  COOPERLAKE,
  ICELAKE_CLIENT,
  ICELAKE_SERVER,
  DENVERTON,
  SNOWRIDGE,
  KNIGHTSMILL,
  OPTERON_G1,
  OPTERON_G2,
  OPTERON_G3,
  OPTERON_G4,
  OPTERON_G5,
  EPYC,
  DHYANA,
  EPYC_ROME
}
