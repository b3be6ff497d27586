package org.trampoline.emulator.execute.x87;

/**
 * The encodings of the 80-bit format (SDM vol. 1, tables 4-3 and 8-3). A value is a 64-bit
 * significand whose bit 63 is the integer bit, and 16 bits of sign and exponent.
 */
public final class Encoding80 {
  /** Bit 63 of the significand: 1 in all encodings with a non-zero exponent since the 387. */
  public static final long INTEGER_BIT = 1L << 63;

  /** Bit 62 of the significand of a NaN: quiet. */
  public static final long QUIET = 1L << 62;

  /** Significand of the QNaN floating-point indefinite. */
  public static final long INDEFINITE = INTEGER_BIT | QUIET;

  /** Sign and exponent of the QNaN floating-point indefinite. */
  public static final int INDEFINITE_EXPONENT = 0xffff;

  /** Bit 15 of sign and exponent. */
  public static final int SIGN = 0x8000;

  /** The exponent field, and its value for infinities and NaNs. */
  public static final int EXPONENT = 0x7fff;

  /** Exponent field of 1.0. */
  public static final int BIAS = 0x3fff;

  /** What {@link #kind} tells apart; ordered so that a comparison tells the usual from the rest. */
  public static final int NORMAL = 0;

  public static final int ZERO = 1;

  /** A denormal or pseudo-denormal: exponent 0, integer bit 0 or 1. */
  public static final int DENORMAL = 2;

  public static final int INFINITY = 3;
  public static final int QUIET_NAN = 4;
  public static final int SIGNALING_NAN = 5;

  /** An unnormal, pseudo-infinity or pseudo-NaN, invalid since the 387. */
  public static final int UNSUPPORTED = 6;

  private Encoding80() {}

  /** One of the kinds above. */
  public static int kind(long significand, int signExponent) {
    int exponent = signExponent & EXPONENT;
    if (exponent == 0) {
      return significand == 0 ? ZERO : DENORMAL;
    }
    if (significand >= 0) {
      return UNSUPPORTED;
    }
    if (exponent != EXPONENT) {
      return NORMAL;
    }
    if (significand == INTEGER_BIT) {
      return INFINITY;
    }
    return (significand & QUIET) != 0 ? QUIET_NAN : SIGNALING_NAN;
  }

  /** Whether it is a normal number: {@code kind(…) == NORMAL}, faster. */
  static boolean isNormal(long significand, int signExponent) {
    return significand < 0 && (signExponent + 1 & 0x7ffe) != 0;
  }

  /**
   * The exponent field that a normal or denormal number has when it is normalized, maybe below 1.
   */
  static int exponent(long significand, int signExponent) {
    int exponent = signExponent & EXPONENT;
    return exponent != 0 ? exponent : 1 - Long.numberOfLeadingZeros(significand);
  }

  /** The significand shifted until its integer bit is set; it is not 0. */
  static long normalize(long significand) {
    return significand << Long.numberOfLeadingZeros(significand);
  }
}
