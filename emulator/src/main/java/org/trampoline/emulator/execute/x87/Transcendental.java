package org.trampoline.emulator.execute.x87;

import static org.trampoline.emulator.execute.x87.Encoding80.BIAS;
import static org.trampoline.emulator.execute.x87.Encoding80.DENORMAL;
import static org.trampoline.emulator.execute.x87.Encoding80.EXPONENT;
import static org.trampoline.emulator.execute.x87.Encoding80.INFINITY;
import static org.trampoline.emulator.execute.x87.Encoding80.INTEGER_BIT;
import static org.trampoline.emulator.execute.x87.Encoding80.SIGN;
import static org.trampoline.emulator.execute.x87.Encoding80.ZERO;

/**
 * The special cases of the transcendental functions (the tables in SDM vol. 2); what remains goes
 * to the classes that compute. Where the SDM leaves a result undefined, it is what AMD's processors
 * give: the operand.
 */
final class Transcendental {
  private final Trigonometry trigonometry = new Trigonometry();
  private final Arctangent arctangent = new Arctangent();
  private final Logarithm logarithm = new Logarithm();
  private final Exponential exponential = new Exponential();
  private final Wide one = new Wide();
  private final Wide sum = new Wide();

  /** F2XM1: 2^a − 1, defined from −1 to 1. */
  void powerLessOne(Float80 r, long a, int ae) {
    if (Nans.decide(r, a, ae)) {
      return;
    }
    int kind = Encoding80.kind(a, ae);
    int sign = ae & SIGN;
    if (kind == DENORMAL && r.raise(StatusWord.DE)) {
      return;
    }
    if (kind == INFINITY && sign != 0) {
      r.setOne(SIGN);
    } else if (kind == ZERO || kind == INFINITY) {
      r.set(a, ae);
    } else if ((ae & EXPONENT) < BIAS) {
      int exponent = Encoding80.exponent(a, ae);
      exponential.powerLessOne(r, sign, exponent, Encoding80.normalize(a));
    } else if (a == INTEGER_BIT && (ae & EXPONENT) == BIAS) {
      r.set(INTEGER_BIT, sign != 0 ? SIGN | BIAS - 1 : BIAS); // 2 − 1 or ½ − 1
    } else {
      r.raise(StatusWord.PE);
      r.set(a, ae);
    }
  }

  /** FYL2X: b × log₂ a. */
  void multipliedLogarithm(Float80 r, long a, int ae, long b, int be) {
    if (Nans.decide(r, a, ae, b, be)) {
      return;
    }
    int kindA = Encoding80.kind(a, ae);
    int kindB = Encoding80.kind(b, be);
    int sign = be & SIGN;
    boolean one = ae == BIAS && a == INTEGER_BIT;
    if (kindA == ZERO) {
      logarithmOfZero(r, kindB, sign);
      return;
    }
    if ((ae & SIGN) != 0 || kindB == INFINITY && one || kindB == ZERO && kindA == INFINITY) {
      r.setInvalid();
      return;
    }
    if ((kindA == DENORMAL || kindB == DENORMAL) && r.raise(StatusWord.DE)) {
      return;
    }
    int signOfProduct = ae < BIAS ? sign ^ SIGN : sign;
    if (kindA == INFINITY || kindB == INFINITY) {
      r.setInfinity(signOfProduct);
    } else if (kindB == ZERO || one) {
      r.setZero(signOfProduct);
    } else {
      long y = Encoding80.normalize(b);
      int power = Encoding80.exponent(a, ae) - BIAS;
      logarithm.multiply(r, sign, y, Encoding80.exponent(b, be), Encoding80.normalize(a), 0, power);
    }
  }

  private static void logarithmOfZero(Float80 r, int kindB, int sign) {
    if (kindB == ZERO) {
      r.setInvalid();
      return;
    }
    if (kindB != INFINITY) {
      r.raise(StatusWord.ZE);
    }
    r.setInfinity(sign ^ SIGN);
  }

  /** FYL2XP1: b × log₂(a + 1), defined from √½ − 1 to √2 − 1. */
  void multipliedLogarithmOfNext(Float80 r, long a, int ae, long b, int be) {
    if (Nans.decide(r, a, ae, b, be)) {
      return;
    }
    int kindA = Encoding80.kind(a, ae);
    int kindB = Encoding80.kind(b, be);
    boolean negative = (ae & SIGN) != 0;
    if (kindA == INFINITY && (negative || kindB == ZERO) || kindA == ZERO && kindB == INFINITY) {
      r.setInvalid();
      return;
    }
    if ((kindA == DENORMAL || kindB == DENORMAL) && r.raise(StatusWord.DE)) {
      return;
    }
    int sign = (ae ^ be) & SIGN;
    if (kindA == INFINITY || kindB == INFINITY) {
      r.setInfinity(sign);
    } else if (kindA == ZERO || kindB == ZERO) {
      r.setZero(sign);
    } else if (negative && (ae & EXPONENT) >= BIAS) {
      r.raise(StatusWord.PE);
      r.set(a, ae);
    } else {
      logarithmOfNext(r, a, ae, b, be);
    }
  }

  private void logarithmOfNext(Float80 r, long a, int ae, long b, int be) {
    boolean negative = (ae & SIGN) != 0;
    int sign = be & SIGN;
    long y = Encoding80.normalize(b);
    int exponentY = Encoding80.exponent(b, be);
    long d = Encoding80.normalize(a);
    int power = Encoding80.exponent(a, ae) - BIAS;
    if (power < -6) {
      logarithm.multiplyNearOne(r, sign, y, exponentY, negative, d, power);
    } else {
      // 1 ± d keeps all its bits in 128
      one.set(0, INTEGER_BIT, 0);
      sum.set(power, d, 0);
      if (negative) {
        sum.subtract(one, sum);
      } else {
        sum.add(one, sum);
      }
      logarithm.multiply(r, sign, y, exponentY, sum.high, sum.low, sum.exponent);
    }
  }

  /** FPATAN: the angle of the point (a, b). */
  void angle(Float80 r, long a, int ae, long b, int be) {
    if (Nans.decide(r, a, ae, b, be)) {
      return;
    }
    int kindA = Encoding80.kind(a, ae);
    int kindB = Encoding80.kind(b, be);
    if ((kindA == DENORMAL || kindB == DENORMAL) && r.raise(StatusWord.DE)) {
      return;
    }
    int sign = be & SIGN;
    boolean left = (ae & SIGN) != 0;
    if (kindB == INFINITY) {
      arctangent.quarters(r, sign, kindA != INFINITY ? 2 : left ? 3 : 1);
    } else if (kindB == ZERO || kindA == INFINITY) {
      if (left) {
        arctangent.quarters(r, sign, 4);
      } else {
        r.setZero(sign);
      }
    } else if (kindA == ZERO) {
      arctangent.quarters(r, sign, 2);
    } else {
      long y = Encoding80.normalize(b);
      int exponentY = Encoding80.exponent(b, be);
      long x = Encoding80.normalize(a);
      arctangent.angle(r, sign, y, exponentY, left, x, Encoding80.exponent(a, ae));
    }
  }

  /** Whether the trigonometric instructions do anything: not from 2^63 on. */
  static boolean inRange(long a, int ae) {
    int exponent = ae & EXPONENT;
    return exponent < BIAS + 63 || exponent == EXPONENT || a >= 0; // not finite, or unsupported
  }

  /** FSIN. */
  void sine(Float80 r, long a, int ae) {
    if (reduce(r, a, ae)) {
      trigonometry.sine(r);
    }
  }

  /** FCOS. */
  void cosine(Float80 r, long a, int ae) {
    if (Encoding80.kind(a, ae) == ZERO) {
      r.setOne(0);
    } else if (reduce(r, a, ae)) {
      trigonometry.cosine(r);
    }
  }

  /** FSINCOS: the sine, and the cosine to be pushed; C1 is the sine's. */
  void sineAndCosine(Float80 r, long a, int ae) {
    cosine(r, a, ae);
    if (r.withheld()) {
      return;
    }
    r.keepPushed();
    if (Encoding80.kind(a, ae) < INFINITY) {
      r.exceptions &= ~StatusWord.C1;
      sine(r, a, ae);
    }
  }

  /** FPTAN: the tangent, and 1 to be pushed; a NaN is pushed in its place. */
  void tangent(Float80 r, long a, int ae) {
    if (Encoding80.kind(a, ae) >= INFINITY) {
      reduce(r, a, ae);
      r.keepPushed();
      return;
    }
    if (reduce(r, a, ae)) {
      trigonometry.tangent(r);
    }
    r.setPushed(INTEGER_BIT, BIAS);
  }

  /** Reduces the argument; if the result is found already, returns false. */
  private boolean reduce(Float80 r, long a, int ae) {
    if (Nans.decide(r, a, ae)) {
      return false;
    }
    switch (Encoding80.kind(a, ae)) {
      case ZERO -> {
        r.set(a, ae);
        return false;
      }
      case INFINITY -> {
        r.setInvalid();
        return false;
      }
      default -> {
        if ((ae & EXPONENT) == 0 && r.raise(StatusWord.DE)) {
          return false;
        }
        int exponent = Encoding80.exponent(a, ae);
        trigonometry.reduce(ae & SIGN, exponent, Encoding80.normalize(a));
        return true;
      }
    }
  }
}
