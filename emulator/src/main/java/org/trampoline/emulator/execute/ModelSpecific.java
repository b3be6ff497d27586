package org.trampoline.emulator.execute;

import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.CpuFeature;
import org.trampoline.emulator.cpu.MemoryTypes;
import org.trampoline.emulator.cpu.Msr;

/**
 * RDMSR, WRMSR, RDTSC, RDPMC and CPUID (SDM vol. 4; vol. 3, 17.17 and 18). A register that the CPU
 * model lacks is #GP(0).
 */
public final class ModelSpecific {
  private static final int P5_MC_ADDR = 0;
  private static final int P5_MC_TYPE = 1;
  private static final int TSC = 0x10;
  private static final int PLATFORM_ID = 0x17;
  private static final int APIC_BASE = 0x1b;
  private static final int EBL_CR_POWERON = 0x2a;
  private static final int BIOS_UPDATE_TRIGGER = 0x79;
  private static final int BIOS_SIGNATURE = 0x8b;
  private static final int SYSENTER_CS = 0x174;
  private static final int SYSENTER_ESP = 0x175;
  private static final int SYSENTER_EIP = 0x176;
  private static final int MCG_CAP = 0x179;
  private static final int MCG_STATUS = 0x17a;
  private static final int MISC_ENABLE = 0x1a0;
  private static final int EFER = 0xc000_0080;

  /** RIPV, EIPV and MCIP of IA32_MCG_STATUS. */
  private static final int MCG_STATUS_BITS = 7;

  /** Enable and base of IA32_APIC_BASE with 36-bit addresses. */
  private static final long APIC_BASE_WRITABLE = 0xf_ffff_f800L;

  /** In EDX of CPUID leaf 1. */
  private static final int CPUID_APIC = 1 << 9;

  /** Performance counters of the P6 family; of the Pentium 4 there are 18. */
  private static final int COUNTERS = 2;

  private ModelSpecific() {}

  static void rdmsr(Cpu c) {
    SystemInstructions.checkLevel0(c);
    result(c, read(c, c.reg[Cpu.ECX]));
  }

  private static void result(Cpu c, long value) {
    c.reg[Cpu.EAX] = (int) value;
    c.reg[Cpu.EDX] = (int) (value >>> 32);
  }

  /**
   * The value of a model-specific register.
   *
   * @throws org.trampoline.emulator.fault.GuestFault if the CPU model lacks it
   */
  public static long read(Cpu c, int number) {
    Msr msr = c.msr;
    require(c, number);
    if (MemoryTypes.isRange(number) || MemoryTypes.isPat(number)) {
      return msr.memoryTypes.read(number);
    }
    return switch (number) {
      case TSC -> timeStamp(c);
      case APIC_BASE -> msr.apicBase;
      case SYSENTER_CS -> msr.sysenterCs & 0xffff_ffffL;
      case SYSENTER_ESP -> msr.sysenterEsp & 0xffff_ffffL;
      case SYSENTER_EIP -> msr.sysenterEip & 0xffff_ffffL;
      case EFER -> msr.efer;
      case MCG_STATUS -> msr.machineCheckStatus;
      case MISC_ENABLE -> msr.miscEnable;
      case BIOS_UPDATE_TRIGGER -> throw c.gp(0); // write-only
      default -> 0; // no microcode update, platform 0, no machine check and no bank for one
    };
  }

  static void wrmsr(Cpu c) {
    SystemInstructions.checkLevel0(c);
    long value = c.reg[Cpu.EAX] & 0xffff_ffffL | (long) c.reg[Cpu.EDX] << 32;
    write(c, c.reg[Cpu.ECX], value);
  }

  /**
   * Sets a model-specific register as WRMSR does.
   *
   * @throws org.trampoline.emulator.fault.GuestFault if the CPU model lacks it, or the value is not
   *     allowed
   */
  public static void write(Cpu c, int number, long value) {
    Msr msr = c.msr;
    int low = (int) value;
    require(c, number);
    if (MemoryTypes.isRange(number) || MemoryTypes.isPat(number)) {
      if (!msr.memoryTypes.write(number, value)) {
        throw c.gp(0);
      }
      return;
    }
    switch (number) {
      case TSC -> msr.tscOffset = value - c.clock.now();
      case APIC_BASE -> {
        if ((value & ~(APIC_BASE_WRITABLE | 1 << 8)) != 0) {
          throw c.gp(0);
        }
        msr.apicBase = value & APIC_BASE_WRITABLE | msr.apicBase & 1 << 8;
      }
      case SYSENTER_CS -> msr.sysenterCs = low;
      case SYSENTER_ESP -> msr.sysenterEsp = low;
      case SYSENTER_EIP -> msr.sysenterEip = low;
      case MISC_ENABLE -> msr.miscEnable = value & Msr.FAST_STRINGS | Msr.MISC_FIXED;
      case EFER -> {
        if ((value & ~Msr.EFER_NXE) != 0) {
          throw c.gp(0);
        }
        msr.efer = value;
        c.mmu.setNoExecute((value & Msr.EFER_NXE) != 0);
      }
      case MCG_STATUS -> {
        if ((value & ~MCG_STATUS_BITS) != 0) {
          throw c.gp(0);
        }
        msr.machineCheckStatus = low;
      }
      case P5_MC_ADDR, P5_MC_TYPE -> {} // cleared after a machine check: none
      case EBL_CR_POWERON -> {} // the bus has nothing to configure
      case BIOS_UPDATE_TRIGGER -> {} // no update is for this processor, so none is loaded
      case BIOS_SIGNATURE -> {} // cleared before CPUID, to read the microcode's revision: none
      default -> throw c.gp(0);
    }
  }

  private static void require(Cpu c, int number) {
    if (!c.model.has(feature(c, number)) && !(number == APIC_BASE && c.hasApic)) {
      throw c.gp(0);
    }
  }

  /** The feature that brings a register; the ranges of the P6 family are in SDM vol. 4, 2.16. */
  private static CpuFeature feature(Cpu c, int number) {
    if (MemoryTypes.isRange(number)) {
      return CpuFeature.MTRR;
    }
    if (MemoryTypes.isPat(number)) {
      return CpuFeature.PAT;
    }
    return switch (number) {
      case P5_MC_ADDR, P5_MC_TYPE -> CpuFeature.MCE;
      case MCG_CAP, MCG_STATUS -> CpuFeature.MCA;
      case TSC -> CpuFeature.TSC;
      case PLATFORM_ID, EBL_CR_POWERON -> CpuFeature.P6;
      case BIOS_UPDATE_TRIGGER, BIOS_SIGNATURE -> CpuFeature.P6;
      case APIC_BASE -> CpuFeature.APIC;
      case SYSENTER_CS, SYSENTER_ESP, SYSENTER_EIP -> CpuFeature.SEP;
      case MISC_ENABLE -> CpuFeature.SSE2; // of the Pentium 4 and its successors
      case EFER -> CpuFeature.NX;
      default -> throw c.gp(0);
    };
  }

  /** Virtual time in cycles, from where software set the counter. */
  private static long timeStamp(Cpu c) {
    return c.clock.now() + c.msr.tscOffset;
  }

  static void rdtsc(Cpu c) {
    if ((c.cr4 & Control.CR4_TSD) != 0 && c.cpl > 0) {
      throw c.gp(0);
    }
    result(c, timeStamp(c));
  }

  /** The counters can be read, but none can be set to count: they stay 0. */
  static void rdpmc(Cpu c) {
    if ((c.cr4 & Control.CR4_PCE) == 0 && c.cpl > 0
        || Integer.compareUnsigned(c.reg[Cpu.ECX], COUNTERS) >= 0) {
      throw c.gp(0);
    }
    result(c, 0);
  }

  static void cpuid(Cpu c) {
    int leaf = c.reg[Cpu.EAX];
    int subleaf = c.reg[Cpu.ECX];
    c.reg[Cpu.EAX] = c.model.cpuid(leaf, subleaf, 0);
    c.reg[Cpu.EBX] = c.model.cpuid(leaf, subleaf, 1);
    c.reg[Cpu.ECX] = c.model.cpuid(leaf, subleaf, 2);
    c.reg[Cpu.EDX] = c.model.cpuid(leaf, subleaf, 3);
    if (leaf == 1 && c.hasApic) {
      c.reg[Cpu.EBX] |= c.number << 24; // initial APIC ID
      if ((c.msr.apicBase & Msr.APIC_ENABLED) != 0) {
        c.reg[Cpu.EDX] |= CPUID_APIC;
      }
    }
  }
}
