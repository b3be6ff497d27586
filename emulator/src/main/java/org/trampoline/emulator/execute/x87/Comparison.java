package org.trampoline.emulator.execute.x87;

import static org.trampoline.emulator.execute.x87.Encoding80.DENORMAL;
import static org.trampoline.emulator.execute.x87.Encoding80.EXPONENT;
import static org.trampoline.emulator.execute.x87.Encoding80.QUIET_NAN;
import static org.trampoline.emulator.execute.x87.Encoding80.SIGN;

/** Comparison (SDM vol. 1, 8.3.6), with the answer as condition codes. */
final class Comparison {
  static final int GREATER = 0;
  static final int LESS = StatusWord.C0;
  static final int EQUAL = StatusWord.C3;
  static final int UNORDERED = StatusWord.C0 | StatusWord.C2 | StatusWord.C3;

  private Comparison() {}

  /**
   * Compares a with b.
   *
   * @param quietAllowed whether a QNaN is no invalid operation (the unordered comparisons)
   */
  static int compare(Float80 r, long a, int ae, long b, int be, boolean quietAllowed) {
    int kindA = Encoding80.kind(a, ae);
    int kindB = Encoding80.kind(b, be);
    if (kindA >= QUIET_NAN || kindB >= QUIET_NAN) {
      if (!quietAllowed || kindA > QUIET_NAN || kindB > QUIET_NAN) {
        r.raise(StatusWord.IE);
      }
      return UNORDERED;
    }
    if (kindA == DENORMAL || kindB == DENORMAL) {
      r.raise(StatusWord.DE);
    }
    if ((a | b) == 0) {
      return EQUAL; // zeros of any sign
    }
    if (((ae ^ be) & SIGN) != 0) {
      return (ae & SIGN) != 0 ? LESS : GREATER;
    }
    int order = magnitude(a, ae & EXPONENT, b, be & EXPONENT);
    if (order == 0) {
      return EQUAL;
    }
    return order < 0 == ((ae & SIGN) == 0) ? LESS : GREATER;
  }

  /** A pseudo-denormal counts as the normal number it equals. */
  private static int magnitude(long a, int expA, long b, int expB) {
    if (expA != expB && Math.max(expA, 1) != Math.max(expB, 1)) {
      return expA - expB;
    }
    return Long.compareUnsigned(a, b);
  }
}
