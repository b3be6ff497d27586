package org.trampoline.emulator.cpu;

import org.trampoline.emulator.snapshot.StatePart;

/** The values of the model-specific registers (SDM vol. 4); which exist is up to the CPU model. */
public final class Msr implements StatePart {
  /** IA32_EFER.NXE: page-table bit 63 forbids execution. */
  public static final long EFER_NXE = 1 << 11;

  /** IA32_MISC_ENABLE: strings may be moved fast, which here changes nothing. */
  public static final long FAST_STRINGS = 1;

  /** IA32_MISC_ENABLE: neither branch trace storage nor precise event-based sampling. */
  public static final long MISC_FIXED = 1 << 11 | 1 << 12;

  /** IA32_APIC_BASE: this is the boot processor. */
  public static final long BOOT_PROCESSOR = 1 << 8;

  /** IA32_APIC_BASE: the local APIC is on. */
  public static final long APIC_ENABLED = 1 << 11;

  /** IA32_SYSENTER_CS, 174H; its low 16 bits are the selector. */
  public int sysenterCs;

  /** IA32_SYSENTER_ESP, 175H. */
  public int sysenterEsp;

  /** IA32_SYSENTER_EIP, 176H. */
  public int sysenterEip;

  /** IA32_MISC_ENABLE, 1A0H. */
  public long miscEnable;

  /** IA32_EFER, C0000080H. */
  public long efer;

  /** What the time-stamp counter is ahead of {@code Cpu.clock}. */
  public long tscOffset;

  /** IA32_APIC_BASE, 1BH. */
  public long apicBase;

  /** IA32_MCG_STATUS, 17AH. */
  public int machineCheckStatus;

  /** MTRRs and PAT. */
  public final MemoryTypes memoryTypes = new MemoryTypes();

  void reset() {
    sysenterCs = 0;
    sysenterEsp = 0;
    sysenterEip = 0;
    miscEnable = FAST_STRINGS | MISC_FIXED;
    efer = 0;
    tscOffset = 0;
    apicBase = 0xfee0_0900L;
    machineCheckStatus = 0;
    memoryTypes.reset();
  }
}
