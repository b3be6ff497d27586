package org.trampoline.emulator.execute.simd;

/** An IEEE 754 binary interchange format; its values travel as bits in a {@code long}. */
enum BinaryFormat {
  SINGLE(23, 8),
  DOUBLE(52, 11);

  /** Bits of the fraction. */
  final int fractionBits;

  final int bias;

  /** The exponent field of infinities and NaNs. */
  final int maximumField;

  /** Exponent of the smallest normal number. */
  final int minimumExponent;

  final long sign;
  final long fraction;
  final long infinity;

  /** The bit of a NaN that makes it quiet. */
  final long quiet;

  /** The NaN that an invalid operation gives (SDM vol. 1, 4.8.3.7). */
  final long indefinite;

  BinaryFormat(int fractionBits, int exponentBits) {
    this.fractionBits = fractionBits;
    maximumField = (1 << exponentBits) - 1;
    bias = maximumField >> 1;
    minimumExponent = 1 - bias;
    sign = 1L << fractionBits + exponentBits;
    fraction = (1L << fractionBits) - 1;
    infinity = (long) maximumField << fractionBits;
    quiet = 1L << fractionBits - 1;
    indefinite = sign | infinity | quiet;
  }

  int field(long bits) {
    return (int) (bits >>> fractionBits) & maximumField;
  }

  boolean isNan(long bits) {
    return (bits & ~sign) > infinity;
  }

  boolean isSignaling(long bits) {
    return isNan(bits) && (bits & quiet) == 0;
  }

  boolean isInfinite(long bits) {
    return (bits & ~sign) == infinity;
  }

  boolean isZero(long bits) {
    return (bits & ~sign) == 0;
  }

  boolean isDenormal(long bits) {
    long magnitude = bits & ~sign;
    return magnitude != 0 && magnitude <= fraction;
  }

  boolean isNegative(long bits) {
    return (bits & sign) != 0;
  }
}
