package org.trampoline.emulator.execute.x87;

import static org.trampoline.emulator.execute.x87.Encoding80.DENORMAL;
import static org.trampoline.emulator.execute.x87.Encoding80.INFINITY;
import static org.trampoline.emulator.execute.x87.Encoding80.SIGN;
import static org.trampoline.emulator.execute.x87.Encoding80.ZERO;

/** The partial remainder of FPREM and FPREM1 (SDM vol. 2). */
final class Remainder {
  /** The answer where there is no quotient: C0 and C3 stay. */
  static final int NONE = -1;

  private Remainder() {}

  /**
   * One step of a mod b; the remainder is exact. The difference of the exponents goes down by 32 to
   * 63 while it is 64 or more.
   *
   * @param nearest whether the quotient is rounded to nearest (FPREM1) and not chopped (FPREM)
   * @return condition codes: C2 if another step is needed, otherwise the quotient's low bits in C0
   *     (bit 2), C3 (bit 1) and C1 (bit 0); or {@link #NONE}
   */
  static int step(Float80 r, long a, int ae, long b, int be, boolean nearest) {
    if (Nans.decide(r, a, ae, b, be)) {
      return NONE;
    }
    int kindA = Encoding80.kind(a, ae);
    int kindB = Encoding80.kind(b, be);
    if (kindA == INFINITY || kindB == ZERO) {
      r.setInvalid();
      return NONE;
    }
    if ((kindA == DENORMAL || kindB == DENORMAL) && r.raise(StatusWord.DE)) {
      return NONE;
    }
    if (kindA == ZERO) {
      r.set(a, ae);
      return 0;
    }
    int sign = ae & SIGN;
    int exponent = Encoding80.exponent(a, ae);
    long significand = Encoding80.normalize(a);
    if (kindB == INFINITY) {
      r.roundExtended(sign, exponent, significand, 0);
      return 0;
    }
    int exponentB = Encoding80.exponent(b, be);
    int difference = exponent - exponentB;
    long divisor = Encoding80.normalize(b);
    if (difference < -1 || difference == -1 && !nearest) {
      r.roundExtended(sign, exponent, significand, 0);
      return 0;
    }
    if (difference >= 64) {
      int steps = difference & 31 | 32;
      long rest = modulo(significand, steps, divisor);
      store(r, sign, exponent - steps, rest);
      return StatusWord.C2;
    }
    return last(r, sign, significand, difference, divisor, exponentB, nearest);
  }

  /** The remainder of a × 2^count by the divisor, count ≤ 63, both with bit 63 set. */
  private static long modulo(long a, int count, long divisor) {
    long first = Long.compareUnsigned(a, divisor) >= 0 ? a - divisor : a;
    if (count == 0) {
      return first;
    }
    long low = first << count;
    return low - Division.quotient(first >>> 64 - count, low, divisor) * divisor;
  }

  private static int last(
      Float80 r, int sign, long a, int difference, long divisor, int exponent, boolean nearest) {
    long quotient = 0;
    long rest = a;
    boolean above = false; // rest > divisor ÷ 2
    boolean tie = false;
    if (difference < 0) {
      // a is a × ½ in the divisor's units: the quotient is 0 or, rounded, 1
      above = Long.compareUnsigned(a, divisor) > 0;
      tie = a == divisor;
    } else {
      long first = Long.compareUnsigned(a, divisor) >= 0 ? 1 : 0;
      rest = first != 0 ? a - divisor : a;
      if (difference > 0) {
        long low = rest << difference;
        quotient = Division.quotient(rest >>> 64 - difference, low, divisor);
        rest = low - quotient * divisor;
      }
      quotient += first << difference;
      long complement = divisor - rest;
      above = Long.compareUnsigned(rest, complement) > 0;
      tie = rest == complement;
    }
    if (nearest && (above || tie && (quotient & 1) != 0)) {
      quotient++;
      sign ^= SIGN;
      // below half a divisor; where a is in units of half, its double still fits
      rest = difference < 0 ? (divisor << 1) - a : divisor - rest;
    }
    store(r, sign, difference < 0 ? exponent - 1 : exponent, rest);
    return conditions(quotient);
  }

  private static void store(Float80 r, int sign, int exponent, long rest) {
    if (rest == 0) {
      r.setZero(sign);
    } else {
      int zeros = Long.numberOfLeadingZeros(rest);
      r.roundExtended(sign, exponent - zeros, rest << zeros, 0);
    }
  }

  private static int conditions(long quotient) {
    int q = (int) quotient;
    return ((q & 4) != 0 ? StatusWord.C0 : 0)
        | ((q & 2) != 0 ? StatusWord.C3 : 0)
        | ((q & 1) != 0 ? StatusWord.C1 : 0);
  }
}
