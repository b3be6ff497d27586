package org.trampoline.emulator.execute.x87;

import static org.trampoline.emulator.execute.x87.Encoding80.BIAS;
import static org.trampoline.emulator.execute.x87.Encoding80.DENORMAL;
import static org.trampoline.emulator.execute.x87.Encoding80.EXPONENT;
import static org.trampoline.emulator.execute.x87.Encoding80.INFINITY;
import static org.trampoline.emulator.execute.x87.Encoding80.SIGN;
import static org.trampoline.emulator.execute.x87.Encoding80.ZERO;

/** Product, rounded to the precision in force. */
final class Multiplication {
  private Multiplication() {}

  /** a × b. */
  static void multiply(Float80 r, long a, int ae, long b, int be) {
    int sign = (ae ^ be) & SIGN;
    if (Encoding80.isNormal(a, ae) && Encoding80.isNormal(b, be)) {
      finite(r, sign, (ae & EXPONENT) + (be & EXPONENT), a, b);
    } else if (!Nans.decide(r, a, ae, b, be)) {
      special(r, sign, a, ae, b, be);
    }
  }

  private static void special(Float80 r, int sign, long a, int ae, long b, int be) {
    int kindA = Encoding80.kind(a, ae);
    int kindB = Encoding80.kind(b, be);
    if (kindA == INFINITY && kindB == ZERO || kindA == ZERO && kindB == INFINITY) {
      r.setInvalid();
      return;
    }
    if ((kindA == DENORMAL || kindB == DENORMAL) && r.raise(StatusWord.DE)) {
      return;
    }
    if (kindA == INFINITY || kindB == INFINITY) {
      r.setInfinity(sign);
    } else if (kindA == ZERO || kindB == ZERO) {
      r.setZero(sign);
    } else {
      finite(
          r,
          sign,
          Encoding80.exponent(a, ae) + Encoding80.exponent(b, be),
          Encoding80.normalize(a),
          Encoding80.normalize(b));
    }
  }

  private static void finite(Float80 r, int sign, int exponents, long a, long b) {
    long high = Math.unsignedMultiplyHigh(a, b);
    long low = a * b;
    if (high < 0) {
      r.round(sign, exponents - BIAS + 1, high, low);
    } else {
      r.round(sign, exponents - BIAS, high << 1 | low >>> 63, low << 1);
    }
  }
}
