package org.trampoline.emulator.execute.x87;

import static org.trampoline.emulator.execute.x87.Encoding80.DENORMAL;
import static org.trampoline.emulator.execute.x87.Encoding80.EXPONENT;
import static org.trampoline.emulator.execute.x87.Encoding80.INFINITY;
import static org.trampoline.emulator.execute.x87.Encoding80.SIGN;
import static org.trampoline.emulator.execute.x87.Encoding80.ZERO;

/** Sum and difference, rounded to the precision in force. */
final class Addition {
  private Addition() {}

  /** a + b. */
  static void add(Float80 r, long a, int ae, long b, int be) {
    if (Encoding80.isNormal(a, ae) && Encoding80.isNormal(b, be)) {
      finite(r, a, ae & SIGN, ae & EXPONENT, b, be & SIGN, be & EXPONENT);
    } else if (!Nans.decide(r, a, ae, b, be)) {
      special(r, a, ae, b, be);
    }
  }

  /** a − b. */
  static void subtract(Float80 r, long a, int ae, long b, int be) {
    if (Encoding80.isNormal(a, ae) && Encoding80.isNormal(b, be)) {
      finite(r, a, ae & SIGN, ae & EXPONENT, b, ~be & SIGN, be & EXPONENT);
    } else if (!Nans.decide(r, a, ae, b, be)) {
      special(r, a, ae, b, be ^ SIGN);
    }
  }

  /** Sum of which at least one operand is zero, denormal or infinite. */
  private static void special(Float80 r, long a, int ae, long b, int be) {
    int kindA = Encoding80.kind(a, ae);
    int kindB = Encoding80.kind(b, be);
    if (kindA == INFINITY && kindB == INFINITY && ae != be) {
      r.setInvalid();
      return;
    }
    if ((kindA == DENORMAL || kindB == DENORMAL) && r.raise(StatusWord.DE)) {
      return;
    }
    if (kindA == INFINITY) {
      r.set(a, ae);
    } else if (kindB == INFINITY) {
      r.set(b, be);
    } else if (kindA == ZERO && kindB == ZERO) {
      r.setZero(ae == be ? ae : r.signOfCancellation());
    } else if (kindA == ZERO) {
      round(r, b, be);
    } else if (kindB == ZERO) {
      round(r, a, ae);
    } else {
      finite(
          r,
          Encoding80.normalize(a),
          ae & SIGN,
          Encoding80.exponent(a, ae),
          Encoding80.normalize(b),
          be & SIGN,
          Encoding80.exponent(b, be));
    }
  }

  private static void round(Float80 r, long a, int ae) {
    r.round(ae & SIGN, Encoding80.exponent(a, ae), Encoding80.normalize(a), 0);
  }

  private static void finite(Float80 r, long a, int signA, int expA, long b, int signB, int expB) {
    if (expA > expB || expA == expB && Long.compareUnsigned(a, b) >= 0) {
      if (signA == signB) {
        sum(r, signA, expA, a, b, expA - expB);
      } else {
        difference(r, signA, expA, a, b, expA - expB);
      }
    } else if (signA == signB) {
      sum(r, signA, expB, b, a, expB - expA);
    } else {
      difference(r, signB, expB, b, a, expB - expA);
    }
  }

  private static void sum(Float80 r, int sign, int exponent, long large, long small, int shift) {
    long rest = shift == 0 ? 0 : Float80.shiftedOut(small, 0, shift);
    long addend = shift < 64 ? small >>> shift : 0;
    long sum = large + addend;
    if (Long.compareUnsigned(sum, large) < 0) {
      rest = sum << 63 | rest >>> 1 | rest & 1;
      r.round(sign, exponent + 1, sum >>> 1 | Encoding80.INTEGER_BIT, rest);
    } else {
      r.round(sign, exponent, sum, rest);
    }
  }

  private static void difference(
      Float80 r, int sign, int exponent, long large, long small, int shift) {
    long rest = shift == 0 ? 0 : -Float80.shiftedOut(small, 0, shift);
    long subtrahend = shift < 64 ? small >>> shift : 0;
    long difference = large - subtrahend - Float80.sticky(rest);
    if (difference < 0) {
      r.round(sign, exponent, difference, rest);
    } else if ((difference | rest) == 0) {
      r.setZero(r.signOfCancellation());
    } else if (difference == 0) {
      // large was 1.0, small just below it: one bit is left, and it was shifted out
      int zeros = Long.numberOfLeadingZeros(rest);
      r.round(sign, exponent - 64 - zeros, rest << zeros, 0);
    } else {
      int zeros = Long.numberOfLeadingZeros(difference);
      r.round(sign, exponent - zeros, difference << zeros | rest >>> 64 - zeros, rest << zeros);
    }
  }
}
