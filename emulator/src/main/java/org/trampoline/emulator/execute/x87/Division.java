package org.trampoline.emulator.execute.x87;

import static org.trampoline.emulator.execute.x87.Encoding80.BIAS;
import static org.trampoline.emulator.execute.x87.Encoding80.DENORMAL;
import static org.trampoline.emulator.execute.x87.Encoding80.EXPONENT;
import static org.trampoline.emulator.execute.x87.Encoding80.INFINITY;
import static org.trampoline.emulator.execute.x87.Encoding80.SIGN;
import static org.trampoline.emulator.execute.x87.Encoding80.ZERO;

/** Quotient, rounded to the precision in force. */
final class Division {
  private static final long LOW_HALF = 0xffff_ffffL;

  private Division() {}

  /** a ÷ b. */
  static void divide(Float80 r, long a, int ae, long b, int be) {
    int sign = (ae ^ be) & SIGN;
    if (Encoding80.isNormal(a, ae) && Encoding80.isNormal(b, be)) {
      finite(r, sign, (ae & EXPONENT) - (be & EXPONENT), a, b);
    } else if (!Nans.decide(r, a, ae, b, be)) {
      special(r, sign, a, ae, b, be);
    }
  }

  private static void special(Float80 r, int sign, long a, int ae, long b, int be) {
    int kindA = Encoding80.kind(a, ae);
    int kindB = Encoding80.kind(b, be);
    if (kindA == kindB && (kindA == INFINITY || kindA == ZERO)) {
      r.setInvalid();
      return;
    }
    if (kindB == ZERO && kindA != INFINITY) {
      r.raise(StatusWord.ZE);
      r.setInfinity(sign);
      return;
    }
    if ((kindA == DENORMAL || kindB == DENORMAL) && r.raise(StatusWord.DE)) {
      return;
    }
    if (kindA == INFINITY) {
      r.setInfinity(sign);
    } else if (kindB == INFINITY || kindA == ZERO) {
      r.setZero(sign);
    } else {
      finite(
          r,
          sign,
          Encoding80.exponent(a, ae) - Encoding80.exponent(b, be),
          Encoding80.normalize(a),
          Encoding80.normalize(b));
    }
  }

  private static void finite(Float80 r, int sign, int exponents, long a, long b) {
    int exponent = exponents + BIAS;
    long high = a >>> 1;
    long low = a << 63;
    if (Long.compareUnsigned(a, b) < 0) {
      exponent--;
      high = a;
      low = 0;
    }
    long quotient = quotient(high, low, b);
    long remainder = low - quotient * b;
    r.round(sign, exponent, quotient, fraction(remainder, b));
  }

  /** remainder ÷ divisor as the bits below a quotient: exact in its first bit, then sticky. */
  static long fraction(long remainder, long divisor) {
    if (remainder == 0) {
      return 0;
    }
    int order = Long.compareUnsigned(remainder, divisor - remainder);
    return order < 0 ? 1 : order == 0 ? Long.MIN_VALUE : Long.MIN_VALUE | 1;
  }

  /**
   * {@code high:low} ÷ divisor, both unsigned, by schoolbook division in 32-bit digits.
   *
   * @param high less than the divisor, so that the quotient fits
   * @param divisor with bit 63 set
   */
  static long quotient(long high, long low, long divisor) {
    long top = digit(high, low >>> 32, divisor);
    long partial = (high << 32 | low >>> 32) - top * divisor;
    return top << 32 | digit(partial, low & LOW_HALF, divisor);
  }

  /** The 32-bit digit that is (remainder × 2³² + next) ÷ divisor. */
  private static long digit(long remainder, long next, long divisor) {
    long upper = divisor >>> 32;
    long lower = divisor & LOW_HALF;
    long digit = Long.divideUnsigned(remainder, upper);
    long rest = remainder - digit * upper;
    // the estimate is at most 2 too large; lower and next tell
    while (digit >>> 32 != 0 || Long.compareUnsigned(digit * lower, rest << 32 | next) > 0) {
      digit--;
      rest += upper;
      if (rest >>> 32 != 0) {
        break;
      }
    }
    return digit;
  }
}
