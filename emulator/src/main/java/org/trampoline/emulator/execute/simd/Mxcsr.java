package org.trampoline.emulator.execute.simd;

/** Bits of the MXCSR register (SDM vol. 1, 10.2.3). */
public final class Mxcsr {
  public static final int IE = 1;
  public static final int DE = 2;
  public static final int ZE = 4;
  public static final int OE = 8;
  public static final int UE = 0x10;
  public static final int PE = 0x20;

  /** Denormals are zeros. */
  public static final int DAZ = 0x40;

  /** The mask of UE; that of flag {@code f} is {@code f << MASK_SHIFT}. */
  public static final int UM = 0x800;

  /** Overflow is masked. */
  public static final int OM = 0x400;

  public static final int MASKS = 0x1f80;
  public static final int MASK_SHIFT = 7;

  /** Rounding control, bits 14:13. */
  public static final int RC = 0x6000;

  public static final int RC_SHIFT = 13;

  /** Flush to zero. */
  public static final int FTZ = 0x8000;

  /** After RESET: all exceptions masked, to nearest. */
  public static final int INITIAL = 0x1f80;

  /** The exceptions that are found before a result is computed. */
  static final int BEFORE = IE | DE | ZE;

  static final int FLAGS = 0x3f;

  private Mxcsr() {}
}
