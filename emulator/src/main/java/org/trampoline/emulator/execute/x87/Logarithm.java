package org.trampoline.emulator.execute.x87;

import static org.trampoline.emulator.execute.x87.Encoding80.SIGN;

import java.math.BigInteger;

/**
 * y × log₂ x. With x = 2ⁿ × m, m from √½ to √2, and c = k/64 closest to m, log₂ x = n + log₂ c + 2
 * artanh((m − c) ÷ (m + c)) ÷ ln 2: log₂ c is from a table, artanh a power series in 128 bits.
 */
final class Logarithm {
  private static final int TERMS = 10;

  /** √2 as a significand. */
  private static final long ROOT_2 = 0xb504f333f9de6484L;

  /** |log₂(k/64)| for k from 45 to 91, at k − 45; none for 64. */
  private static final Wide[] TABLE = new Wide[47];

  private static final Wide TWO_OVER_LN2;

  static {
    BigInteger ln2 = Irrational.ln2();
    for (int k = 45; k <= 91; k++) {
      if (k != 64) {
        BigInteger half = Irrational.artanh(Math.abs(k - 64), k + 64);
        TABLE[k - 45] = Irrational.wide(Irrational.ratio(half.shiftLeft(1), ln2));
      }
    }
    BigInteger one = Irrational.ratio(ln2, ln2);
    TWO_OVER_LN2 = Irrational.wide(Irrational.ratio(one.shiftLeft(1), ln2));
  }

  private final Series series = new Series(coefficients());
  private final Wide difference = new Wide();
  private final Wide total = new Wide();
  private final Wide square = new Wide();
  private final Wide sum = new Wide();
  private boolean sumNegative;
  private boolean sumEmpty;

  /** 1/3, 1/5, 1/7…: the leading 1 is not a fraction. */
  private static BigInteger[] coefficients() {
    BigInteger[] c = new BigInteger[TERMS];
    for (int i = 0; i < TERMS; i++) {
      c[i] = Irrational.reciprocal(BigInteger.valueOf(3 + 2 * i));
    }
    return c;
  }

  /**
   * Rounds y × log₂ x for x = (high:low) × 2^(power − 127), which is not 1; bit 127 is set, the
   * last two are not.
   *
   * @param sign sign of y
   * @param y significand of y, its integer bit set
   * @param ye biased exponent of y
   */
  void multiply(Float80 r, int sign, long y, int ye, long high, long low, int power) {
    if (high == Long.MIN_VALUE && low == 0) {
      exact(r, sign, y, ye, power);
      return;
    }
    boolean halved = Long.compareUnsigned(high, ROOT_2) > 0;
    int shift = halved ? 2 : 1;
    long mh = high >>> shift; // m in units of 2^(−126)
    long ml = high << 64 - shift | low >>> shift;
    int k = (int) ((mh >>> 55) + 1 >>> 1);
    sumEmpty = true;
    int n = halved ? power + 1 : power;
    if (n != 0) {
      total.setFraction(Math.abs(n), 0, 64);
      accumulate(total, n < 0);
    }
    if (k != 64) {
      accumulate(TABLE[k - 45], k < 64);
    }
    long c = (long) k << 56;
    long dh = mh - c;
    boolean below = dh < 0;
    if (below) {
      dh = -dh - (ml != 0 ? 1 : 0);
    }
    long dl = below ? -ml : ml;
    if ((dh | dl) != 0) {
      difference.setFraction(dh, dl, 2);
      total.setFraction(mh + c, ml, 2);
      artanh();
      accumulate(total, below);
    }
    finish(r, sign, y, ye);
  }

  /**
   * Rounds y × log₂(1 + d) for small d ≠ 0.
   *
   * @param d significand of d, its integer bit set
   * @param power exponent of d without bias, below −6
   */
  void multiplyNearOne(Float80 r, int sign, long y, int ye, boolean negative, long d, int power) {
    difference.set(power, d, 0);
    square.set(1, Long.MIN_VALUE, 0); // 2
    if (negative) {
      total.subtract(square, difference);
    } else {
      total.add(square, difference);
    }
    artanh();
    sumEmpty = true;
    accumulate(total, negative);
    finish(r, sign, y, ye);
  }

  /** total = 2 artanh(difference ÷ total) ÷ ln 2. */
  private void artanh() {
    total.divide(difference, total);
    square.multiply(total, total);
    if (square.exponent >= -128) {
      series.sum(square.fractionHigh(), square.fractionLow(), false);
      square.multiply(square, series.sumHigh, series.sumLow); // artanh(z) ÷ z − 1
      square.multiply(square, total);
      total.add(total, square);
    }
    total.multiply(total, TWO_OVER_LN2);
  }

  private void accumulate(Wide value, boolean negative) {
    if (sumEmpty) {
      sumEmpty = false;
      sumNegative = negative;
      sum.set(value);
    } else if (sumNegative == negative) {
      sum.add(sum, value);
    } else if (Wide.less(sum, value)) {
      sumNegative = negative;
      sum.subtract(value, sum);
    } else {
      sum.subtract(sum, value);
    }
  }

  private void finish(Float80 r, int sign, long y, int ye) {
    square.set(ye - Encoding80.BIAS, y, 0);
    sum.multiply(sum, square);
    sum.round(r, sumNegative ? sign ^ SIGN : sign);
  }

  /** Rounds y × n. */
  private static void exact(Float80 r, int sign, long y, int ye, int n) {
    long factor = Math.abs(n);
    int zeros = Long.numberOfLeadingZeros(factor);
    factor <<= zeros;
    long high = Math.unsignedMultiplyHigh(y, factor);
    long low = y * factor;
    int exponent = ye + 64 - zeros;
    if (high >= 0) {
      high = high << 1 | low >>> 63;
      low <<= 1;
      exponent--;
    }
    r.roundExtended(n < 0 ? sign ^ SIGN : sign, exponent, high, low);
  }
}
