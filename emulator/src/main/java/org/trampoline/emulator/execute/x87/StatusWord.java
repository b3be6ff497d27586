package org.trampoline.emulator.execute.x87;

/** Bits of the x87 status word (SDM vol. 1, 8.1.3). */
public final class StatusWord {
  /** Invalid operation. */
  public static final int IE = 1;

  /** Denormal operand. */
  public static final int DE = 1 << 1;

  /** Zero divide. */
  public static final int ZE = 1 << 2;

  /** Overflow. */
  public static final int OE = 1 << 3;

  /** Underflow. */
  public static final int UE = 1 << 4;

  /** Precision: the result was rounded. */
  public static final int PE = 1 << 5;

  /** Stack fault: the invalid operation was a stack overflow or underflow. */
  public static final int SF = 1 << 6;

  /** Exception summary: an exception that is not masked is pending. */
  public static final int ES = 1 << 7;

  public static final int C0 = 1 << 8;

  /** Rounded up, or with SF: overflow and not underflow of the stack. */
  public static final int C1 = 1 << 9;

  public static final int C2 = 1 << 10;
  public static final int C3 = 1 << 14;

  /** Busy: equal to {@link #ES} since the 387. */
  public static final int B = 1 << 15;

  /** The six exceptions, at the same places as their masks in the control word. */
  public static final int EXCEPTIONS = IE | DE | ZE | OE | UE | PE;

  /** The exceptions found before anything is computed: unmasked, they leave the operands alone. */
  public static final int PRE_COMPUTATION = IE | DE | ZE;

  /** All four condition codes. */
  public static final int CONDITION = C0 | C1 | C2 | C3;

  private StatusWord() {}
}
