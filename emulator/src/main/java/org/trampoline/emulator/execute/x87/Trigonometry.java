package org.trampoline.emulator.execute.x87;

import static org.trampoline.emulator.execute.x87.Encoding80.BIAS;

import java.math.BigInteger;

/**
 * Sine, cosine and tangent.
 *
 * <p>As in Intel's processors the argument is reduced with a π of 66 bits (SDM vol. 1, 8.3.8), here
 * without any rounding: the remainder of the division by π/2 is exact. Power series in 128 bits
 * then give the function of the remainder, which is at most π/4.
 */
final class Trigonometry {
  /** The π of 66 bits times 2^64, but for its two lowest bits, which are {@link #PI_REST}. */
  private static final long PI_TOP = 0xc90fdaa22168c234L;

  private static final long PI_REST = 3;

  /** π ÷ 2 × 2^65 in two halves: the divisor of the reduction. */
  private static final long DIVISOR_HIGH = PI_TOP >>> 62;

  private static final long DIVISOR_LOW = PI_TOP << 2 | PI_REST;

  private static final int TERMS = 17;

  private final Series sineSeries = new Series(coefficients(3));
  private final Series cosineSeries = new Series(coefficients(2));

  /** Whether the argument is negative, and its quadrant, 0–3. */
  private boolean negative;

  private int quadrant;

  /** Whether the remainder is negative. */
  private boolean below;

  private final Wide remainder = new Wide();
  private final Wide sine = new Wide();
  private final Wide cosine = new Wide();

  /** What {@link #oneLess} gives, in two halves. */
  private long fractionHigh;

  private long fractionLow;

  /** 1/n!, 1/(n+2)!, 1/(n+4)!…: the leading 1 is not a fraction. */
  private static BigInteger[] coefficients(int n) {
    BigInteger[] c = new BigInteger[TERMS];
    for (int i = 0; i < TERMS; i++) {
      c[i] = Irrational.reciprocal(Irrational.factorial(n + 2 * i));
    }
    return c;
  }

  /** Takes a finite argument other than 0 and below 2^63, its integer bit set. */
  void reduce(int sign, int exponent, long significand) {
    negative = sign != 0;
    int power = exponent - BIAS;
    if (power < -1 || power == -1 && Long.compareUnsigned(significand, PI_TOP) <= 0) {
      quadrant = 0;
      below = false;
      remainder.set(power, significand, 0);
    } else {
      divide(power + 2, significand);
    }
    long zHigh = 0;
    long zLow = 0;
    if (remainder.exponent > -65) {
      sine.multiply(remainder, remainder);
      zHigh = sine.fractionHigh();
      zLow = sine.fractionLow();
    }
    oneLess(sineSeries, zHigh, zLow);
    sine.multiply(remainder, fractionHigh, fractionLow);
    oneLess(cosineSeries, zHigh, zLow);
    cosine.setFraction(fractionHigh, fractionLow, 0);
  }

  /** Divides significand × 2^shift, shift being 1 to 64, by the divisor, rounding to nearest. */
  private void divide(int shift, long significand) {
    long xh = shift == 64 ? significand : significand >>> 64 - shift;
    long xl = shift == 64 ? 0 : significand << shift;
    // a quotient by the divisor's top 64 bits is at most 2 too large
    long q = Division.quotient(xh >>> 2, xh << 62 | xl >>> 2, PI_TOP);
    long rl;
    long rh;
    while (true) {
      long pl = q * DIVISOR_LOW;
      long ph = Math.unsignedMultiplyHigh(q, DIVISOR_LOW) + q * DIVISOR_HIGH;
      rl = xl - pl;
      rh = xh - ph - (Long.compareUnsigned(xl, pl) < 0 ? 1 : 0);
      if (rh >= 0) {
        break;
      }
      q--;
    }
    // the other side of the nearest multiple, if that is closer
    long cl = DIVISOR_LOW - rl;
    long ch = DIVISOR_HIGH - rh - (Long.compareUnsigned(DIVISOR_LOW, rl) < 0 ? 1 : 0);
    below = ch < rh || ch == rh && Long.compareUnsigned(cl, rl) < 0;
    quadrant = (int) (below ? q + 1 : q) & 3;
    remainder.setFraction(below ? ch : rh, below ? cl : rl, 128 - 65);
  }

  /** The fraction 1 − z × series(z); just below 1 where z is lost. */
  private void oneLess(Series series, long zHigh, long zLow) {
    series.sum(zHigh, zLow, true);
    long h = series.sumHigh;
    long l = series.sumLow;
    long productHigh = Math.unsignedMultiplyHigh(h, zHigh);
    long productLow = h * zHigh;
    long sum = productLow + Math.unsignedMultiplyHigh(h, zLow);
    productHigh += Long.compareUnsigned(sum, productLow) < 0 ? 1 : 0;
    productLow = sum + Math.unsignedMultiplyHigh(l, zHigh);
    productHigh += Long.compareUnsigned(productLow, sum) < 0 ? 1 : 0;
    if ((productHigh | productLow) == 0) {
      productLow = 1;
    }
    fractionLow = -productLow;
    fractionHigh = -productHigh - (productLow != 0 ? 1 : 0);
  }

  /** Rounds the sine of the argument. */
  void sine(Float80 r) {
    boolean odd = (quadrant & 1) != 0;
    boolean minus = negative ^ (quadrant & 2) != 0 ^ (below && !odd);
    (odd ? cosine : sine).round(r, minus ? Encoding80.SIGN : 0);
  }

  /** Rounds the cosine of the argument. */
  void cosine(Float80 r) {
    boolean odd = (quadrant & 1) != 0;
    // the cosine of the next quadrant's angle is minus the sine
    boolean minus = (quadrant + 1 & 2) != 0 ^ (below && odd);
    (odd ? sine : cosine).round(r, minus ? Encoding80.SIGN : 0);
  }

  /** Rounds the tangent of the argument. */
  void tangent(Float80 r) {
    boolean odd = (quadrant & 1) != 0;
    boolean minus = negative ^ below ^ odd;
    // below 2^(−58) the tangent exceeds the angle by less than the quotient's error
    if (odd || remainder.exponent >= -58) {
      remainder.divide(odd ? cosine : sine, odd ? sine : cosine);
    }
    remainder.round(r, minus ? Encoding80.SIGN : 0);
  }
}
