package org.trampoline.emulator.execute.x87;

import static org.trampoline.emulator.execute.x87.Encoding80.QUIET;
import static org.trampoline.emulator.execute.x87.Encoding80.QUIET_NAN;
import static org.trampoline.emulator.execute.x87.Encoding80.SIGNALING_NAN;
import static org.trampoline.emulator.execute.x87.Encoding80.UNSUPPORTED;

/** NaNs and unsupported encodings as operands (SDM vol. 1, 4.8.3.5, table 4-7, and 8.5.1.2). */
final class Nans {
  private Nans() {}

  /** Whether the operand is a NaN or unsupported; if so the result is set. */
  static boolean decide(Float80 r, long a, int ae) {
    int kind = Encoding80.kind(a, ae);
    if (kind < QUIET_NAN) {
      return false;
    }
    if (kind == UNSUPPORTED) {
      r.setInvalid();
    } else {
      if (kind == SIGNALING_NAN) {
        r.raise(StatusWord.IE);
      }
      r.set(a | QUIET, ae);
    }
    return true;
  }

  /** Whether one of the operands is a NaN or unsupported; if so the result is set. */
  static boolean decide(Float80 r, long a, int ae, long b, int be) {
    int kindA = Encoding80.kind(a, ae);
    int kindB = Encoding80.kind(b, be);
    if (kindA < QUIET_NAN && kindB < QUIET_NAN) {
      return false;
    }
    if (kindA == UNSUPPORTED || kindB == UNSUPPORTED) {
      r.setInvalid();
      return true;
    }
    if (kindA == SIGNALING_NAN || kindB == SIGNALING_NAN) {
      r.raise(StatusWord.IE);
    }
    if (kindB < QUIET_NAN || kindA >= QUIET_NAN && first(a, ae, kindA, b, be, kindB)) {
      r.set(a | QUIET, ae);
    } else {
      r.set(b | QUIET, be);
    }
    return true;
  }

  /** Of two NaNs the quiet one wins, then the larger significand, then the positive one. */
  private static boolean first(long a, int ae, int kindA, long b, int be, int kindB) {
    if (kindA != kindB) {
      return kindA == QUIET_NAN;
    }
    int order = Long.compareUnsigned(a, b);
    return order > 0 || order == 0 && ae <= be;
  }
}
