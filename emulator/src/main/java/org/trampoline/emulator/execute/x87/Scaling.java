package org.trampoline.emulator.execute.x87;

import static org.trampoline.emulator.execute.x87.Encoding80.BIAS;
import static org.trampoline.emulator.execute.x87.Encoding80.DENORMAL;
import static org.trampoline.emulator.execute.x87.Encoding80.EXPONENT;
import static org.trampoline.emulator.execute.x87.Encoding80.INFINITY;
import static org.trampoline.emulator.execute.x87.Encoding80.SIGN;
import static org.trampoline.emulator.execute.x87.Encoding80.ZERO;

/** Rounding to an integer, scaling by powers of two, and taking numbers apart (SDM vol. 2). */
final class Scaling {
  /** A power of two beyond which every result overflows or underflows, even with UE unmasked. */
  private static final int LIMIT = 0x10000;

  private Scaling() {}

  /** FRNDINT. */
  static void roundToInteger(Float80 r, long a, int ae) {
    if (Nans.decide(r, a, ae)) {
      return;
    }
    int kind = Encoding80.kind(a, ae);
    int exponent = (ae & EXPONENT) - BIAS;
    if (kind == ZERO || exponent >= 63) {
      r.set(a, ae);
      return;
    }
    if (kind == DENORMAL && r.raise(StatusWord.DE)) {
      return;
    }
    int sign = ae & SIGN;
    long magnitude = Conversion.toMagnitude(r, a, sign, exponent, false);
    if (magnitude == 0) {
      r.setZero(sign);
    } else {
      int zeros = Long.numberOfLeadingZeros(magnitude);
      r.set(magnitude << zeros, sign | BIAS + 63 - zeros);
    }
  }

  /** FSCALE: a × 2^b, with b chopped to an integer. */
  static void scale(Float80 r, long a, int ae, long b, int be) {
    if (Nans.decide(r, a, ae, b, be)) {
      return;
    }
    int kindA = Encoding80.kind(a, ae);
    int kindB = Encoding80.kind(b, be);
    int sign = ae & SIGN;
    boolean negative = (be & SIGN) != 0;
    if (kindB == INFINITY && kindA == (negative ? INFINITY : ZERO)) {
      r.setInvalid();
      return;
    }
    if ((kindA == DENORMAL || kindB == DENORMAL) && r.raise(StatusWord.DE)) {
      return;
    }
    if (kindA == ZERO || kindA == INFINITY) {
      r.set(a, ae);
    } else if (kindB == INFINITY) {
      if (negative) {
        r.setZero(sign);
      } else {
        r.setInfinity(sign);
      }
    } else {
      int power = power(b, (be & EXPONENT) - BIAS);
      int exponent = Encoding80.exponent(a, ae) + (negative ? -power : power);
      r.roundExtended(sign, exponent, Encoding80.normalize(a), 0);
    }
  }

  private static int power(long b, int exponent) {
    if (exponent < 0) {
      return 0;
    }
    return exponent >= 16 ? LIMIT : (int) (b >>> 63 - exponent);
  }

  /** FXTRACT: the exponent as a number is the result, and the significand is pushed after it. */
  static void extract(Float80 r, long a, int ae) {
    if (Nans.decide(r, a, ae)) {
      r.keepPushed();
      return;
    }
    switch (Encoding80.kind(a, ae)) {
      case ZERO -> {
        r.raise(StatusWord.ZE);
        r.setInfinity(SIGN);
        r.setPushed(a, ae);
      }
      case INFINITY -> {
        r.setInfinity(0);
        r.setPushed(a, ae);
      }
      default -> {
        if ((ae & EXPONENT) == 0 && r.raise(StatusWord.DE)) {
          return;
        }
        Conversion.fromInteger(r, Encoding80.exponent(a, ae) - BIAS);
        r.setPushed(Encoding80.normalize(a), ae & SIGN | BIAS);
      }
    }
  }
}
