package org.trampoline.emulator.execute.x87;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * The transcendental functions to 70 decimal digits, straight from their power series: slow, simple
 * and independent of what is tested.
 */
final class Reference {
  private static final MathContext PRECISION = new MathContext(70);
  private static final BigDecimal TWO = BigDecimal.TWO;

  /** The π of 66 bits that Intel's argument reduction uses (SDM vol. 1, 8.3.8). */
  static final BigDecimal PI_66 =
      new BigDecimal(new BigInteger("3243F6A8885A308D3", 16))
          .divide(new BigDecimal(BigInteger.ONE.shiftLeft(64)));

  static final BigDecimal PI =
      arctan(new BigDecimal("0.2"))
          .multiply(BigDecimal.valueOf(16))
          .subtract(
              arctan(BigDecimal.ONE.divide(BigDecimal.valueOf(239), PRECISION))
                  .multiply(BigDecimal.valueOf(4)),
              PRECISION);

  static final BigDecimal LN2 = ln(TWO);

  private Reference() {}

  /** The value of a finite 80-bit number. */
  static BigDecimal value(long significand, int signExponent) {
    BigDecimal value = new BigDecimal(new BigInteger(Long.toUnsignedString(significand)));
    int power = Math.max(signExponent & 0x7fff, 1) - 0x3fff - 63;
    BigDecimal scale = new BigDecimal(BigInteger.ONE.shiftLeft(Math.abs(power)));
    value = power < 0 ? value.divide(scale) : value.multiply(scale);
    return (signExponent & 0x8000) != 0 ? value.negate() : value;
  }

  static BigDecimal sine(BigDecimal x) {
    return alternating(x, x, 2);
  }

  static BigDecimal cosine(BigDecimal x) {
    return alternating(BigDecimal.ONE, x, 1);
  }

  /** term − term x²/(n(n+1)) + …. */
  private static BigDecimal alternating(BigDecimal first, BigDecimal x, int from) {
    BigDecimal square = x.multiply(x, PRECISION).negate();
    BigDecimal term = first;
    BigDecimal sum = first;
    for (int n = from; matters(term, sum); n += 2) {
      term = term.multiply(square).divide(BigDecimal.valueOf((long) n * (n + 1)), PRECISION);
      sum = sum.add(term, PRECISION);
    }
    return sum;
  }

  private static boolean matters(BigDecimal term, BigDecimal sum) {
    return term.signum() != 0
        && (sum.signum() == 0
            || term.precision() - term.scale() > sum.precision() - sum.scale() - 75);
  }

  /** For 0 ≤ x ≤ 1. */
  static BigDecimal arctan(BigDecimal x) {
    // halve the angle until the series is fast: x → x ÷ (1 + √(1 + x²))
    int halvings = 0;
    BigDecimal t = x;
    while (t.compareTo(new BigDecimal("0.05")) > 0) {
      BigDecimal root = BigDecimal.ONE.add(t.multiply(t)).sqrt(PRECISION);
      t = t.divide(BigDecimal.ONE.add(root), PRECISION);
      halvings++;
    }
    return odd(t, true).multiply(TWO.pow(halvings), PRECISION);
  }

  /** t ∓ t³/3 + t⁵/5 ∓ …. */
  private static BigDecimal odd(BigDecimal t, boolean alternating) {
    BigDecimal square = t.multiply(t, PRECISION);
    BigDecimal power = t;
    BigDecimal sum = t;
    for (int n = 3; matters(power, sum); n += 2) {
      power = power.multiply(alternating ? square.negate() : square, PRECISION);
      sum = sum.add(power.divide(BigDecimal.valueOf(n), PRECISION), PRECISION);
    }
    return sum;
  }

  /** For x > 0, not too far from 1. */
  static BigDecimal ln(BigDecimal x) {
    return lnOfNext(x.subtract(BigDecimal.ONE));
  }

  /** ln(1 + d). */
  static BigDecimal lnOfNext(BigDecimal d) {
    return odd(d.divide(d.add(TWO), PRECISION), false).multiply(TWO);
  }

  /** e^x − 1. */
  static BigDecimal expLessOne(BigDecimal x) {
    BigDecimal term = x;
    BigDecimal sum = x;
    for (int n = 2; matters(term, sum); n++) {
      term = term.multiply(x).divide(BigDecimal.valueOf(n), PRECISION);
      sum = sum.add(term, PRECISION);
    }
    return sum;
  }

  static BigDecimal divide(BigDecimal a, BigDecimal b) {
    return a.divide(b, PRECISION);
  }

  /**
   * A value rounded to 64 significant bits, as sign and exponent and significand in one string.
   *
   * @param control x87 rounding control
   */
  static String round(BigDecimal value, int control) {
    boolean negative = value.signum() < 0;
    BigDecimal magnitude = value.abs();
    int power = 0; // magnitude × 2^power in [2^63, 2^64)
    BigDecimal low = new BigDecimal(BigInteger.ONE.shiftLeft(63));
    power = 63 - (int) Math.floor((magnitude.precision() - magnitude.scale()) * 3.3219281);
    BigDecimal scaled = scale(magnitude, power);
    while (scaled.compareTo(low) < 0) {
      scaled = scale(magnitude, ++power);
    }
    while (scaled.compareTo(low.multiply(TWO)) >= 0) {
      scaled = scale(magnitude, --power);
    }
    RoundingMode mode =
        switch (control) {
          case 0 -> RoundingMode.HALF_EVEN;
          case 1 -> negative ? RoundingMode.UP : RoundingMode.DOWN;
          case 2 -> negative ? RoundingMode.DOWN : RoundingMode.UP;
          default -> RoundingMode.DOWN;
        };
    BigInteger significand = scaled.setScale(0, mode).toBigInteger();
    int exponent = 0x3fff + 63 - power;
    if (significand.bitLength() > 64) {
      significand = significand.shiftRight(1);
      exponent++;
    }
    return text(significand.longValue(), exponent | (negative ? 0x8000 : 0));
  }

  static String text(long significand, int signExponent) {
    return String.format("%04x:%016x", signExponent, significand);
  }

  private static BigDecimal scale(BigDecimal value, int power) {
    BigDecimal factor = TWO.pow(Math.abs(power));
    return power < 0 ? value.divide(factor, PRECISION) : value.multiply(factor);
  }
}
