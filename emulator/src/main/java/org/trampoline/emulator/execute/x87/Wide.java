package org.trampoline.emulator.execute.x87;

/**
 * A positive floating-point number with a 128-bit significand, in which transcendental functions
 * are computed: {@code (high:low) × 2^(exponent − 127)} with bit 127 set. Results are chopped to
 * 128 bits; an operation's target may be one of its operands.
 */
final class Wide {
  int exponent;
  long high;
  long low;

  void set(int exponent, long high, long low) {
    this.exponent = exponent;
    this.high = high;
    this.low = low;
  }

  void set(Wide other) {
    set(other.exponent, other.high, other.low);
  }

  /** Takes a fraction {@code (high:low) × 2^(−128)} other than 0, times a power of two. */
  void setFraction(long high, long low, int power) {
    int zeros = high != 0 ? Long.numberOfLeadingZeros(high) : 64 + Long.numberOfLeadingZeros(low);
    set(power - 1 - zeros, shiftLeftHigh(high, low, zeros), zeros < 64 ? low << zeros : 0);
  }

  private static long shiftLeftHigh(long high, long low, int count) {
    if (count == 0) {
      return high;
    }
    return count < 64 ? high << count | low >>> 64 - count : low << count - 64;
  }

  /** High 64 bits of the number as a fraction in units of 2^(−128); the number is below 1. */
  long fractionHigh() {
    int shift = -1 - exponent;
    return shift < 64 ? high >>> shift : 0;
  }

  /** Low 64 bits of the same. */
  long fractionLow() {
    int shift = -1 - exponent;
    if (shift == 0) {
      return low;
    }
    if (shift < 64) {
      return high << 64 - shift | low >>> shift;
    }
    return shift < 128 ? high >>> shift - 64 : 0;
  }

  /** this = a × b. */
  void multiply(Wide a, Wide b) {
    multiply(a.exponent + b.exponent, a.high, a.low, b.high, b.low);
  }

  /** this = a × (high:low) × 2^(−128), the fraction being at least 2^(−62). */
  void multiply(Wide a, long high, long low) {
    multiply(a.exponent - 1, a.high, a.low, high, low);
  }

  private void multiply(int exponents, long ah, long al, long bh, long bl) {
    long p0 = ah * bh;
    long p1 = Math.unsignedMultiplyHigh(ah, bh);
    long crossHigh = Math.unsignedMultiplyHigh(ah, bl);
    long otherHigh = Math.unsignedMultiplyHigh(al, bh);
    long bottom = Math.unsignedMultiplyHigh(al, bl);
    long cross = ah * bl;
    long other = al * bh;
    // the 64 bits below p0, for a bit that normalization may move up
    long below = cross + other;
    int carry = Long.compareUnsigned(below, cross) < 0 ? 1 : 0;
    long sum = below + bottom;
    carry += Long.compareUnsigned(sum, below) < 0 ? 1 : 0;
    long l = p0 + crossHigh;
    if (Long.compareUnsigned(l, p0) < 0) {
      p1++;
    }
    long m = l + otherHigh;
    if (Long.compareUnsigned(m, l) < 0) {
      p1++;
    }
    long n = m + carry;
    if (Long.compareUnsigned(n, m) < 0) {
      p1++;
    }
    if (p1 < 0) {
      set(exponents + 1, p1, n);
    } else {
      int zeros = Long.numberOfLeadingZeros(p1); // 1, or more if one operand is a fraction
      set(exponents + 1 - zeros, p1 << zeros | n >>> 64 - zeros, n << zeros | sum >>> 64 - zeros);
    }
  }

  /** this = a ÷ b. */
  void divide(Wide a, Wide b) {
    int exponents = a.exponent - b.exponent;
    long dh = b.high;
    long dl = b.low;
    long rh = a.high;
    long rl = a.low;
    long bit = 0;
    if (Long.compareUnsigned(rh, dh) > 0 || rh == dh && Long.compareUnsigned(rl, dl) >= 0) {
      bit = 1; // the quotient is 1.…
      rh = rh - dh - (Long.compareUnsigned(rl, dl) < 0 ? 1 : 0);
      rl -= dl;
    }
    // two digits of 64 bits, the remainder staying below the divisor
    long q1 = digit(rh, rl, dh, dl);
    long t = rl - Math.unsignedMultiplyHigh(q1, dl) - q1 * dh; // next remainder's high half
    long p = q1 * dl;
    rl = -p;
    rh = t - (p != 0 ? 1 : 0);
    long q2 = digit(rh, rl, dh, dl);
    if (bit != 0) {
      set(exponents, Long.MIN_VALUE | q1 >>> 1, q1 << 63 | q2 >>> 1);
    } else {
      setFraction(q1, q2, exponents);
    }
  }

  /** The digit ⌊(r2:r1:0) ÷ (d1:d0)⌋ where r2:r1 < d1:d0 and d1 has bit 63 set. */
  private static long digit(long r2, long r1, long d1, long d0) {
    long digit = r2 == d1 ? -1 : Division.quotient(r2, r1, d1);
    // at most two too large: compare digit × (d1:d0) with the remainder
    while (true) {
      long low = digit * d0;
      long middle = Math.unsignedMultiplyHigh(digit, d0);
      long product = digit * d1;
      long top = Math.unsignedMultiplyHigh(digit, d1);
      middle += product;
      if (Long.compareUnsigned(middle, product) < 0) {
        top++;
      }
      int order = Long.compareUnsigned(top, r2);
      if (order == 0) {
        order = Long.compareUnsigned(middle, r1);
      }
      if (order < 0 || order == 0 && low == 0) {
        return digit;
      }
      digit--;
    }
  }

  /** this = a + b. */
  void add(Wide a, Wide b) {
    Wide large = a.exponent >= b.exponent ? a : b;
    Wide small = large == a ? b : a;
    int shift = large.exponent - small.exponent;
    long sh = shiftRightHigh(small, shift);
    long sl = shiftRightLow(small, shift);
    int e = large.exponent;
    long l = large.low + sl;
    long carry = Long.compareUnsigned(l, sl) < 0 ? 1 : 0;
    long h = large.high + sh + carry;
    boolean overflow =
        Long.compareUnsigned(h, large.high) < 0 || h == large.high && (sh | carry) != 0;
    if (overflow) {
      set(e + 1, Long.MIN_VALUE | h >>> 1, h << 63 | l >>> 1);
    } else {
      set(e, h, l);
    }
  }

  /** this = a − b, which must be positive. */
  void subtract(Wide a, Wide b) {
    int shift = a.exponent - b.exponent;
    long sh = shiftRightHigh(b, shift);
    long sl = shiftRightLow(b, shift);
    long h = a.high - sh - (Long.compareUnsigned(a.low, sl) < 0 ? 1 : 0);
    setFraction(h, a.low - sl, a.exponent + 1);
  }

  private static long shiftRightHigh(Wide a, int count) {
    return count < 64 ? a.high >>> count : 0;
  }

  private static long shiftRightLow(Wide a, int count) {
    if (count == 0) {
      return a.low;
    }
    if (count < 64) {
      return a.high << 64 - count | a.low >>> count;
    }
    return count < 128 ? a.high >>> count - 64 : 0;
  }

  /** Whether a < b. */
  static boolean less(Wide a, Wide b) {
    if (a.exponent != b.exponent) {
      return a.exponent < b.exponent;
    }
    int order = Long.compareUnsigned(a.high, b.high);
    return order < 0 || order == 0 && Long.compareUnsigned(a.low, b.low) < 0;
  }

  /** Rounds an irrational number, known by its first 128 bits, to the 80-bit format. */
  void round(Float80 r, int sign) {
    r.roundExtended(sign, exponent + Encoding80.BIAS, high, low | 1);
  }
}
