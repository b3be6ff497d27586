package org.trampoline.emulator.cpu;

/** The processors that can be modelled; decides what CPUID reports and what is #UD. */
public enum CpuModel {
  I486("486", 0x480),
  PENTIUM("pentium", 0x52c),
  PENTIUM3("pentium3", 0x673),
  PENTIUM4("pentium4", 0xf29);

  private final String id;
  private final int signature;

  CpuModel(String id, int signature) {
    this.id = id;
    this.signature = signature;
  }

  /** Name on the command line. */
  public String id() {
    return id;
  }

  /** Family, model and stepping as EDX holds them after reset and CPUID(1) reports them. */
  public int signature() {
    return signature;
  }
}
