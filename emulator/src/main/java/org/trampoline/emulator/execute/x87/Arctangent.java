package org.trampoline.emulator.execute.x87;

import java.math.BigInteger;

/**
 * The angle of FPATAN, of all four quadrants. With k the first six bits of the smaller over the
 * larger side, arctan(s ÷ l) = arctan(k/64) + arctan((64 s − k l) ÷ (64 l + k s)): the first from a
 * table, the second by a power series in 128 bits.
 */
final class Arctangent {
  private static final int TERMS = 12;
  private static final int STEPS = 64;

  /** arctan(k/64) as fractions of 128 bits. */
  private static final long[] HIGH = new long[STEPS];

  private static final long[] LOW = new long[STEPS];
  private static final Wide PI;
  private static final Wide HALF_PI;

  static {
    BigInteger quarter = Irrational.quarterPi();
    for (int k = 0; k < STEPS; k++) {
      long[] f = Irrational.fraction(Irrational.arctan(k, STEPS));
      HIGH[k] = f[0];
      LOW[k] = f[1];
    }
    PI = Irrational.wide(quarter.shiftLeft(2));
    HALF_PI = Irrational.wide(quarter.shiftLeft(1));
  }

  private final Series series = new Series(coefficients());
  private final Wide small = new Wide();
  private final Wide large = new Wide();
  private final Wide angle = new Wide();
  private final Wide square = new Wide();

  /** 1/3, 1/5, 1/7…: the leading 1 is not a fraction. */
  private static BigInteger[] coefficients() {
    BigInteger[] c = new BigInteger[TERMS];
    for (int i = 0; i < TERMS; i++) {
      c[i] = Irrational.reciprocal(BigInteger.valueOf(3 + 2 * i));
    }
    return c;
  }

  /** Rounds a multiple of π/4, from 0 to 4. */
  void quarters(Float80 r, int sign, int count) {
    switch (count) {
      case 1 -> angle.set(-1, HALF_PI.high, HALF_PI.low);
      case 2 -> angle.set(HALF_PI);
      case 3 -> {
        angle.set(-1, HALF_PI.high, HALF_PI.low);
        angle.add(HALF_PI, angle);
      }
      default -> angle.set(PI);
    }
    angle.round(r, sign);
  }

  /**
   * Rounds the angle of the point (x, y), whose coordinates are neither 0 nor infinite: integer
   * bits set, exponents with any common bias.
   */
  void angle(Float80 r, int sign, long y, int ye, boolean xNegative, long x, int xe) {
    boolean steep = ye > xe || ye == xe && Long.compareUnsigned(y, x) > 0;
    if (steep) {
      flat(x, xe - ye, y);
    } else {
      flat(y, ye - xe, x);
    }
    if (steep) {
      if (xNegative) {
        angle.add(HALF_PI, angle);
      } else {
        angle.subtract(HALF_PI, angle);
      }
    } else if (xNegative) {
      angle.subtract(PI, angle);
    }
    angle.round(r, sign);
  }

  /** angle = arctan(s × 2^power ÷ l), which is at most π/4. */
  private void flat(long s, int power, long l) {
    int k = 0;
    if (power > -7) {
      // a rough quotient will do, as long as it is not above the true one
      long ratio = (s >>> 1 - power) / ((l >>> 33) + 1);
      k = (int) (ratio >>> 26);
    }
    if (k == 0) {
      small.set(power, s, 0);
      large.set(0, l, 0);
      small.divide(small, large);
      arctanOfSmall(small);
      return;
    }
    // exact in 128 bits: l × 2^48 and s × 2^(48 + power), times at most 64
    int shift = 48 + power;
    long sh = s >>> 64 - shift;
    long sl = s << shift;
    long lh = l >>> 16;
    long ll = l << 48;
    // 64 s − k l
    long kl = ll * k;
    long kh = Math.unsignedMultiplyHigh(ll, k) + lh * k;
    long nl = sl << 6;
    long nh = sh << 6 | sl >>> 58;
    nh = nh - kh - (Long.compareUnsigned(nl, kl) < 0 ? 1 : 0);
    nl -= kl;
    if ((nh | nl) == 0) {
      angle.setFraction(HIGH[k], LOW[k], 0);
      return;
    }
    small.setFraction(nh, nl, 0);
    // 64 l + k s
    kl = sl * k;
    kh = Math.unsignedMultiplyHigh(sl, k) + sh * k;
    long dl = (ll << 6) + kl;
    long dh = (lh << 6 | ll >>> 58) + kh + (Long.compareUnsigned(dl, kl) < 0 ? 1 : 0);
    large.setFraction(dh, dl, 0);
    small.divide(small, large);
    arctanOfSmall(small);
    large.setFraction(HIGH[k], LOW[k], 0);
    angle.add(large, angle);
  }

  /** angle = arctan(t) for t below 1/32. */
  private void arctanOfSmall(Wide t) {
    square.multiply(t, t);
    if (square.exponent < -128) {
      // t − t³/3: the difference is lost, but the result is below t
      angle.set(t);
      chopLast(angle);
      return;
    }
    series.sum(square.fractionHigh(), square.fractionLow(), true);
    square.multiply(square, series.sumHigh, series.sumLow); // 1 − arctan(t) ÷ t
    square.multiply(square, t);
    angle.subtract(t, square);
  }

  /** Makes a number smaller by its last bit. */
  private static void chopLast(Wide a) {
    if (a.low != 0) {
      a.low--;
    } else if (a.high == Long.MIN_VALUE) {
      a.set(a.exponent - 1, -1, -1);
    } else {
      a.set(a.exponent, a.high - 1, -1);
    }
  }
}
