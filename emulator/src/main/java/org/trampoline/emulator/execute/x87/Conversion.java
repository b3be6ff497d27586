package org.trampoline.emulator.execute.x87;

import static org.trampoline.emulator.execute.x87.Encoding80.BIAS;
import static org.trampoline.emulator.execute.x87.Encoding80.EXPONENT;
import static org.trampoline.emulator.execute.x87.Encoding80.INFINITY;
import static org.trampoline.emulator.execute.x87.Encoding80.INTEGER_BIT;
import static org.trampoline.emulator.execute.x87.Encoding80.QUIET;
import static org.trampoline.emulator.execute.x87.Encoding80.QUIET_NAN;
import static org.trampoline.emulator.execute.x87.Encoding80.SIGN;
import static org.trampoline.emulator.execute.x87.Encoding80.SIGNALING_NAN;
import static org.trampoline.emulator.execute.x87.Encoding80.UNSUPPORTED;
import static org.trampoline.emulator.execute.x87.Encoding80.ZERO;

/** Between the 80-bit format and the single and double formats and integers in memory. */
final class Conversion {
  private Conversion() {}

  /** A signed integer, always exact. */
  static void fromInteger(Float80 r, long value) {
    if (value == 0) {
      r.setZero(0);
      return;
    }
    long magnitude = Math.abs(value);
    int zeros = Long.numberOfLeadingZeros(magnitude);
    r.set(magnitude << zeros, (value < 0 ? SIGN : 0) | BIAS + 63 - zeros);
  }

  /** A single: exact, with DE for a denormal; an SNaN stays one. */
  static void fromSingle(Float80 r, int bits) {
    widen(r, bits >>> 16 & SIGN, bits >>> 23 & 0xff, (long) bits << 41 >>> 1, 0xff);
  }

  /** A double, as for a single. */
  static void fromDouble(Float80 r, long bits) {
    widen(r, (int) (bits >>> 48) & SIGN, (int) (bits >>> 52) & 0x7ff, bits << 12 >>> 1, 0x7ff);
  }

  private static void widen(Float80 r, int sign, int exponent, long fraction, int maximum) {
    if (exponent == maximum) {
      r.set(INTEGER_BIT | fraction, sign | EXPONENT);
    } else if (exponent != 0) {
      r.set(INTEGER_BIT | fraction, sign | exponent - (maximum >> 1) + BIAS);
    } else if (fraction == 0) {
      r.setZero(sign);
    } else {
      r.raise(StatusWord.DE);
      int zeros = Long.numberOfLeadingZeros(fraction);
      r.set(fraction << zeros, sign | 1 - zeros - (maximum >> 1) + BIAS);
    }
  }

  /** The bits of a single; after an unmasked overflow or underflow there is no result. */
  static int toSingle(Float80 r, long a, int ae) {
    return (int) narrow(r, a, ae, 24, 0xff);
  }

  /** The bits of a double; after an unmasked overflow or underflow there is no result. */
  static long toDouble(Float80 r, long a, int ae) {
    return narrow(r, a, ae, 53, 0x7ff);
  }

  /**
   * Rounds to a narrower format.
   *
   * @param precision bits of the significand, with the implied one
   * @param maximum the exponent field of infinities and NaNs
   */
  private static long narrow(Float80 r, long a, int ae, int precision, int maximum) {
    long sign = (long) (ae >>> 15) << (precision == 24 ? 31 : 63);
    long infinity = sign | (long) maximum << precision - 1;
    int kind = Encoding80.kind(a, ae);
    int drop = 64 - precision;
    switch (kind) {
      case ZERO -> {
        return sign;
      }
      case INFINITY -> {
        return infinity;
      }
      case QUIET_NAN, SIGNALING_NAN -> {
        if (kind == SIGNALING_NAN) {
          r.raise(StatusWord.IE);
        }
        return infinity | (a & ~INTEGER_BIT | QUIET) >>> drop;
      }
      case UNSUPPORTED -> {
        r.raise(StatusWord.IE);
        long negative = precision == 24 ? 1L << 31 : 1L << 63;
        return negative | infinity | QUIET >>> drop;
      }
      default -> {
        int exponent = Encoding80.exponent(a, ae) - BIAS + (maximum >> 1);
        long significand = Encoding80.normalize(a);
        int signBit = ae & SIGN;
        return exponent <= 0
            ? sign | narrowTiny(r, signBit, exponent, significand, drop)
            : sign | narrowNormal(r, signBit, exponent, significand, drop, maximum);
      }
    }
  }

  private static long narrowNormal(
      Float80 r, int sign, int exponent, long significand, int drop, int maximum) {
    if (exponent >= maximum) {
      return overflow(r, sign, drop, maximum);
    }
    long rest = significand << 64 - drop;
    // exponent and fraction in one number: a carry out of the fraction goes where it should
    long result = ((long) exponent << 63 - drop) + (significand >>> drop) - (1L << 63 - drop);
    boolean up = rest != 0 && r.roundsUp(sign, result, rest);
    result += up ? 1 : 0;
    if (result >>> 63 - drop == maximum) {
      return overflow(r, sign, drop, maximum);
    }
    if (rest != 0) {
      r.exceptions |= up ? StatusWord.PE | StatusWord.C1 : StatusWord.PE;
    }
    return result;
  }

  /** Infinity or the largest number; if OE is unmasked nothing else is noted or stored. */
  private static long overflow(Float80 r, int sign, int drop, int maximum) {
    boolean up = r.roundsUp(sign, 1, -1L); // as any discarded bits would
    if (!r.raise(StatusWord.OE)) {
      r.exceptions |= up ? StatusWord.PE | StatusWord.C1 : StatusWord.PE;
    }
    long infinity = (long) maximum << 63 - drop;
    return up ? infinity : infinity - 1;
  }

  private static long narrowTiny(Float80 r, int sign, int exponent, long significand, int drop) {
    long rest = significand << 64 - drop;
    boolean reachesNormal =
        exponent == 0
            && significand >>> drop == -1L >>> drop
            && rest != 0
            && r.roundsUp(sign, 1, rest);
    boolean tiny = !reachesNormal;
    int shift = drop + 1 - exponent;
    long kept = shift < 64 ? significand >>> shift : 0;
    long lost = Float80.shiftedOut(significand, 0, shift);
    if (tiny && (lost != 0 || r.unmasked(StatusWord.UE)) && r.raise(StatusWord.UE)) {
      return kept; // which is not stored
    }
    if (lost != 0) {
      r.raise(StatusWord.PE);
      if (r.roundsUp(sign, kept, lost)) {
        r.exceptions |= StatusWord.C1;
        kept++;
      }
    }
    return kept;
  }

  /** Whether the value just narrowed may not be stored. */
  static boolean withheld(Float80 r) {
    return r.withheld()
        || (r.exceptions & StatusWord.OE) != 0 && r.unmasked(StatusWord.OE)
        || (r.exceptions & StatusWord.UE) != 0 && r.unmasked(StatusWord.UE);
  }

  /**
   * A signed integer of {@code bits} bits, rounded, or chopped; if it does not fit, IE and the
   * integer indefinite.
   */
  static long toInteger(Float80 r, long a, int ae, int bits, boolean chop) {
    long indefinite = -1L << bits - 1;
    int kind = Encoding80.kind(a, ae);
    if (kind == ZERO) {
      return 0;
    }
    int exponent = (ae & EXPONENT) - BIAS;
    if (kind >= INFINITY || exponent > 63) {
      r.raise(StatusWord.IE);
      return indefinite;
    }
    long magnitude = toMagnitude(r, a, ae & SIGN, exponent, chop);
    // a magnitude of 2^63 or more is negative here
    long limit = (ae & SIGN) != 0 ? -indefinite : ~indefinite;
    if (Long.compareUnsigned(magnitude, limit) > 0) {
      r.exceptions &= ~(StatusWord.PE | StatusWord.C1);
      r.raise(StatusWord.IE);
      return indefinite;
    }
    return (ae & SIGN) != 0 ? -magnitude : magnitude;
  }

  /** |a| as an integer, with PE and C1; the exponent (unbiased) is at most 63. */
  static long toMagnitude(Float80 r, long a, int sign, int exponent, boolean chop) {
    if (exponent == 63) {
      return a;
    }
    int shift = 63 - exponent;
    long magnitude = shift < 64 ? a >>> shift : 0;
    long rest = Float80.shiftedOut(a, 0, shift);
    if (rest != 0) {
      r.raise(StatusWord.PE);
      if (!chop && r.roundsUp(sign, magnitude, rest)) {
        r.raise(StatusWord.C1);
        magnitude++;
      }
    }
    return magnitude;
  }
}
