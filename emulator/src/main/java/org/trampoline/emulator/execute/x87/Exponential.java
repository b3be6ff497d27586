package org.trampoline.emulator.execute.x87;

import java.math.BigInteger;

/**
 * 2^x − 1. With k = 64 x chopped, 2^x = 2^(k/64) × e^u where u = (x − k/64) ln 2: 2^(k/64) is from
 * a table, e^u − 1 a power series in 128 bits. All parts have the sign of x, so nothing cancels.
 */
final class Exponential {
  private static final int TERMS = 16;
  private static final int STEPS = 64;

  /** |2^(k/64) − 1| for k from −63 to 63, at k + 63; none for 0. */
  private static final Wide[] TABLE = new Wide[2 * STEPS - 1];

  private static final Wide LN2 = Irrational.wide(Irrational.ln2());

  static {
    for (int k = 1 - STEPS; k < STEPS; k++) {
      if (k != 0) {
        TABLE[k + STEPS - 1] = Irrational.wide(Irrational.powerLessOne(k).abs());
      }
    }
  }

  private final Series series = new Series(coefficients());
  private final Wide u = new Wide();
  private final Wide term = new Wide();

  /** 1/2!, 1/3!, 1/4!…: the leading 1 is not a fraction. */
  private static BigInteger[] coefficients() {
    BigInteger[] c = new BigInteger[TERMS];
    for (int i = 0; i < TERMS; i++) {
      c[i] = Irrational.reciprocal(Irrational.factorial(i + 2));
    }
    return c;
  }

  /**
   * Rounds 2^x − 1 for |x| < 1 and not 0.
   *
   * @param sign sign of x and so of the result
   * @param exponent biased exponent of x
   * @param significand with its integer bit set
   */
  void powerLessOne(Float80 r, int sign, int exponent, long significand) {
    boolean negative = sign != 0;
    int power = exponent - Encoding80.BIAS;
    int k = 0;
    if (power < -6) {
      u.set(power, significand, 0);
    } else {
      int shift = 57 - power; // 58 to 63
      k = (int) (significand >>> shift);
      long rest = significand << 64 - shift;
      if (rest == 0) {
        TABLE[negative ? STEPS - 1 - k : k + STEPS - 1].round(r, sign);
        return;
      }
      u.setFraction(rest, 0, -6);
    }
    u.multiply(u, LN2);
    if (u.exponent >= -128) {
      series.sum(u.fractionHigh(), u.fractionLow(), negative);
      term.multiply(u, series.sumHigh, series.sumLow);
      term.multiply(term, u);
      if (negative) {
        u.subtract(u, term);
      } else {
        u.add(u, term);
      }
    }
    if (k != 0) {
      Wide scale = TABLE[negative ? STEPS - 1 - k : k + STEPS - 1];
      term.multiply(u, scale);
      if (negative) {
        u.subtract(u, term);
      } else {
        u.add(u, term);
      }
      u.add(u, scale);
    }
    u.round(r, sign);
  }
}
