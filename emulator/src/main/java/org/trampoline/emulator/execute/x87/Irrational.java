package org.trampoline.emulator.execute.x87;

import java.math.BigInteger;

/**
 * Computes the constants of the transcendental functions when their classes are loaded, rather than
 * listing thousands of digits: fixed point with {@link #GUARD} more bits than a {@link Series}
 * keeps.
 */
final class Irrational {
  private static final int GUARD = 64;
  private static final int BITS = Series.BITS + GUARD;
  private static final BigInteger ONE = BigInteger.ONE.shiftLeft(BITS);

  private Irrational() {}

  /** 1 ÷ n as a coefficient. */
  static BigInteger reciprocal(BigInteger n) {
    BigInteger one = BigInteger.ONE.shiftLeft(Series.BITS);
    return n.equals(BigInteger.ONE) ? one.subtract(BigInteger.ONE) : one.divide(n);
  }

  /** n!. */
  static BigInteger factorial(int n) {
    BigInteger product = BigInteger.ONE;
    for (int i = 2; i <= n; i++) {
      product = product.multiply(BigInteger.valueOf(i));
    }
    return product;
  }

  /** arctan(p ÷ q) in guarded fixed point, 0 ≤ p < q. */
  static BigInteger arctan(int p, int q) {
    return oddSeries(p, q, true);
  }

  /** artanh(p ÷ q) in guarded fixed point, 0 ≤ p < q. */
  static BigInteger artanh(int p, int q) {
    return oddSeries(p, q, false);
  }

  private static BigInteger oddSeries(int p, int q, boolean alternating) {
    BigInteger square = BigInteger.valueOf((long) p * p);
    BigInteger divisor = BigInteger.valueOf((long) q * q);
    BigInteger power = ONE.multiply(BigInteger.valueOf(p)).divide(BigInteger.valueOf(q));
    BigInteger sum = power;
    for (int n = 3; power.signum() != 0; n += 2) {
      power = power.multiply(square).divide(divisor);
      BigInteger term = power.divide(BigInteger.valueOf(n));
      sum = alternating && (n & 2) != 0 ? sum.subtract(term) : sum.add(term);
    }
    return sum;
  }

  /** ln 2 in guarded fixed point. */
  static BigInteger ln2() {
    return artanh(1, 3).shiftLeft(1);
  }

  /** π ÷ 4 in guarded fixed point, by Machin's formula. */
  static BigInteger quarterPi() {
    return arctan(1, 5).shiftLeft(2).subtract(arctan(1, 239));
  }

  /** a ÷ b, all in guarded fixed point. */
  static BigInteger ratio(BigInteger a, BigInteger b) {
    return a.shiftLeft(BITS).divide(b);
  }

  /** 2^(k ÷ 64) − 1 in guarded fixed point, −64 < k < 64. */
  static BigInteger powerLessOne(int k) {
    BigInteger x = ln2().multiply(BigInteger.valueOf(k)).shiftRight(6);
    BigInteger term = x;
    BigInteger sum = x;
    for (int n = 2; term.bitLength() > 1; n++) {
      term = term.multiply(x).shiftRight(BITS).divide(BigInteger.valueOf(n));
      sum = sum.add(term);
    }
    return sum;
  }

  /** The 128 bits of a fraction from guarded fixed point, high half first. */
  static long[] fraction(BigInteger guarded) {
    BigInteger value = guarded.shiftRight(GUARD);
    return new long[] {value.shiftRight(64).longValue(), value.longValue()};
  }

  /** A positive number below 2^64 from guarded fixed point. */
  static Wide wide(BigInteger guarded) {
    int length = guarded.bitLength();
    BigInteger value = guarded.shiftRight(length - 128);
    Wide wide = new Wide();
    wide.set(length - 1 - BITS, value.shiftRight(64).longValue(), value.longValue());
    return wide;
  }
}
