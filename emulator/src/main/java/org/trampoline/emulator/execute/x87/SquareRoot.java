package org.trampoline.emulator.execute.x87;

import static org.trampoline.emulator.execute.x87.Encoding80.BIAS;
import static org.trampoline.emulator.execute.x87.Encoding80.DENORMAL;
import static org.trampoline.emulator.execute.x87.Encoding80.SIGN;
import static org.trampoline.emulator.execute.x87.Encoding80.ZERO;

/** Square root, rounded to the precision in force. */
final class SquareRoot {
  private SquareRoot() {}

  static void root(Float80 r, long a, int ae) {
    if (Nans.decide(r, a, ae)) {
      return;
    }
    int kind = Encoding80.kind(a, ae);
    if (kind == ZERO) {
      r.set(a, ae); // −0 too
    } else if ((ae & SIGN) != 0) {
      r.setInvalid();
    } else if (kind == Encoding80.INFINITY) {
      r.set(a, ae);
    } else if (kind != DENORMAL || !r.raise(StatusWord.DE)) {
      finite(r, Encoding80.exponent(a, ae) - BIAS, Encoding80.normalize(a));
    }
  }

  /** Root of a × 2^(exponent − 63). */
  private static void finite(Float80 r, int exponent, long a) {
    // radicand high:low in [2^126, 2^128) such that its root is the significand
    long high = a;
    long low = 0;
    if ((exponent & 1) == 0) {
      high = a >>> 1;
      low = a << 63;
    }
    long root = integerRoot(high, low);
    long squareLow = root * root;
    long rest = low - squareLow; // high:low − root², below 2^65
    boolean above = high - Math.unsignedMultiplyHigh(root, root) - borrow(low, squareLow) != 0;
    // (root + ½)² = root² + root + ¼: nothing is ever halfway
    boolean upper = above || Long.compareUnsigned(rest, root) > 0;
    long fraction = upper ? Long.MIN_VALUE | 1 : Float80.sticky(rest);
    r.round(0, (exponent >> 1) + BIAS, root, fraction);
  }

  /** ⌊√(high:low)⌋ of an unsigned number from 2^126 to 2^128 − 2^64. */
  private static long integerRoot(long high, long low) {
    double estimate = Math.sqrt((high >>> 11) * 0x1p11) * 0x1p32;
    long root = estimate >= 0x1p64 ? -1L : (long) (estimate * 0.5) << 1;
    // Newton: the root is off by rest ÷ (2 × root), of which 53 bits are known
    long squareLow = root * root;
    long restHigh = high - Math.unsignedMultiplyHigh(root, root) - borrow(low, squareLow);
    double rest = restHigh * 0x1p64 + ((low - squareLow) >>> 11) * 0x1p11;
    root += (long) Math.floor(rest / ((root >>> 11) * 0x1p12));
    // now it is one off at most
    squareLow = root * root;
    restHigh = high - Math.unsignedMultiplyHigh(root, root) - borrow(low, squareLow);
    if (restHigh < 0) {
      return root - 1;
    }
    long doubled = root >>> 63; // high half of 2 × root
    boolean oneShort =
        restHigh > doubled
            || restHigh == doubled && Long.compareUnsigned(low - squareLow, root << 1) > 0;
    return oneShort ? root + 1 : root;
  }

  /** 1 if {@code a − b} of unsigned numbers borrows. */
  private static int borrow(long a, long b) {
    return Long.compareUnsigned(a, b) < 0 ? 1 : 0;
  }
}
