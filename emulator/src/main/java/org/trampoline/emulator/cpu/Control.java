package org.trampoline.emulator.cpu;

/** Bits of the control registers (SDM vol. 3, 2.5). */
public final class Control {
  public static final int CR0_PE = 1;
  public static final int CR0_MP = 1 << 1;
  public static final int CR0_EM = 1 << 2;
  public static final int CR0_TS = 1 << 3;
  public static final int CR0_ET = 1 << 4;
  public static final int CR0_NE = 1 << 5;
  public static final int CR0_WP = 1 << 16;
  public static final int CR0_AM = 1 << 18;
  public static final int CR0_NW = 1 << 29;
  public static final int CR0_CD = 1 << 30;
  public static final int CR0_PG = 1 << 31;

  public static final int CR4_VME = 1;
  public static final int CR4_PVI = 1 << 1;
  public static final int CR4_TSD = 1 << 2;
  public static final int CR4_DE = 1 << 3;
  public static final int CR4_PSE = 1 << 4;
  public static final int CR4_PAE = 1 << 5;
  public static final int CR4_MCE = 1 << 6;
  public static final int CR4_PGE = 1 << 7;
  public static final int CR4_PCE = 1 << 8;
  public static final int CR4_OSFXSR = 1 << 9;
  public static final int CR4_OSXMMEXCPT = 1 << 10;

  private Control() {}
}
