package org.trampoline.emulator.execute.x87;

import java.math.BigInteger;

/**
 * A power series a₀ + a₁x + a₂x² + … in fixed point, all numbers being fractions of 128 bits: the
 * coefficients fall, are below 1, and have one sign or alternate.
 */
final class Series {
  /** Bits of the fractions. */
  static final int BITS = 128;

  private final long[] high;
  private final long[] low;

  /** The high and the low half of the sum last computed. */
  long sumHigh;

  long sumLow;

  /** The coefficients as numerators over 2^128, chopped. */
  Series(BigInteger... coefficients) {
    high = new long[coefficients.length];
    low = new long[coefficients.length];
    for (int i = 0; i < coefficients.length; i++) {
      high[i] = coefficients[i].shiftRight(64).longValue();
      low[i] = coefficients[i].longValue();
    }
  }

  /** Sums with the coefficients as they are (negative = 0) or with alternating signs (−1). */
  void sum(long xHigh, long xLow, boolean alternating) {
    int last = high.length - 1;
    long h = high[last];
    long l = low[last];
    for (int i = last - 1; i >= 0; i--) {
      // h:l × x, then added to or subtracted from the coefficient
      long mid = Math.unsignedMultiplyHigh(h, xLow);
      long other = Math.unsignedMultiplyHigh(l, xHigh);
      long productLow = h * xHigh;
      long productHigh = Math.unsignedMultiplyHigh(h, xHigh);
      long sum = productLow + mid;
      productHigh += Long.compareUnsigned(sum, productLow) < 0 ? 1 : 0;
      productLow = sum + other;
      productHigh += Long.compareUnsigned(productLow, sum) < 0 ? 1 : 0;
      long c = low[i];
      if (alternating) {
        l = c - productLow;
        h = high[i] - productHigh - (Long.compareUnsigned(c, productLow) < 0 ? 1 : 0);
      } else {
        l = c + productLow;
        h = high[i] + productHigh + (Long.compareUnsigned(l, c) < 0 ? 1 : 0);
      }
    }
    sumHigh = h;
    sumLow = l;
  }
}
