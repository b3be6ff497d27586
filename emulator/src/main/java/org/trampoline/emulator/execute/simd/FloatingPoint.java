package org.trampoline.emulator.execute.simd;

import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.fault.Vector;

/**
 * The arithmetic of one SIMD floating-point instruction: the rounding that MXCSR asks for, and the
 * exceptions of all its lanes (SDM vol. 1, 4.8, 11.5). An instruction calls {@link #begin}, an
 * operation for each lane, and {@link #conclude} before it writes anything.
 *
 * <p>Numbers under way have a significand with its leading one in bit 63 and an exponent: their
 * value is significand · 2^(exponent − 63). Bit 0 of the significand also stands for any lower bits
 * that were lost.
 *
 * <p>Where nothing can happen but a rounding to nearest whose exception is masked and noted
 * already, the host's own arithmetic gives the same result faster.
 */
final class FloatingPoint {
  /** No plain number is so encoded. */
  private static final long NO_RESULT = -1;

  private static final int NEAREST = 0;
  private static final int DOWN = 1;
  private static final int UP = 2;

  /**
   * Sign, exponent and significand of the two operands; filled by {@link #unpackA} and {@link
   * #unpackB}.
   */
  private boolean negativeA;

  private boolean negativeB;
  private int exponentA;
  private int exponentB;
  private long significandA;
  private long significandB;

  private int mxcsr;
  private boolean fast;
  private int rounding;

  /** The exceptions of the lanes so far. */
  private int flags;

  /** Begins an instruction under this MXCSR. */
  void begin(int mxcsr) {
    this.mxcsr = mxcsr;
    rounding = (mxcsr & Mxcsr.RC) >> Mxcsr.RC_SHIFT;
    flags = 0;
    fast = (mxcsr & (Mxcsr.MASKS | Mxcsr.PE | Mxcsr.RC)) == (Mxcsr.MASKS | Mxcsr.PE);
  }

  /** Begins an instruction that rounds toward zero whatever MXCSR says. */
  void beginTruncating(int mxcsr) {
    begin(mxcsr | Mxcsr.RC);
  }

  /**
   * Enters the exceptions into MXCSR, and raises those that are not masked: nothing may have been
   * written yet. If one that is found before computing is unmasked, the others do not occur.
   */
  void conclude(Cpu c) {
    if (flags == 0) {
      return;
    }
    int unmasked = ~(mxcsr >> Mxcsr.MASK_SHIFT);
    if ((flags & Mxcsr.BEFORE & unmasked) != 0) {
      flags &= Mxcsr.BEFORE;
    }
    c.simd.mxcsr |= flags;
    if ((flags & unmasked) != 0) {
      throw (c.cr4 & Control.CR4_OSXMMEXCPT) != 0 ? c.fault.set(Vector.XM) : c.ud();
    }
  }

  /** Notes an exception. */
  void raise(int flag) {
    flags |= flag;
  }

  // ---- operands

  /** A denormal operand is a zero under DAZ, and noted otherwise. */
  long operand(BinaryFormat f, long bits) {
    if (f.isDenormal(bits)) {
      if ((mxcsr & Mxcsr.DAZ) != 0) {
        return bits & f.sign;
      }
      flags |= Mxcsr.DE;
    }
    return bits;
  }

  /** As {@link #operand}, but nothing is noted. */
  long operandQuietly(BinaryFormat f, long bits) {
    return (mxcsr & Mxcsr.DAZ) != 0 && f.isDenormal(bits) ? bits & f.sign : bits;
  }

  /** The result of an operation one of whose operands is a NaN: the first that is one, quiet. */
  private long nan(BinaryFormat f, long a, long b) {
    if (f.isSignaling(a) || f.isSignaling(b)) {
      flags |= Mxcsr.IE;
    }
    return (f.isNan(a) ? a : b) | f.quiet;
  }

  private long invalid(BinaryFormat f) {
    flags |= Mxcsr.IE;
    return f.indefinite;
  }

  private void unpackA(BinaryFormat f, long bits) {
    negativeA = f.isNegative(bits);
    significandA = significand(f, bits);
    exponentA = exponent(f, bits);
  }

  private void unpackB(BinaryFormat f, long bits) {
    negativeB = f.isNegative(bits);
    significandB = significand(f, bits);
    exponentB = exponent(f, bits);
  }

  /** With its leading one in bit 63; 0 for a zero. */
  private static long significand(BinaryFormat f, long bits) {
    long fraction = bits & f.fraction;
    if (f.field(bits) != 0) {
      return (fraction | f.fraction + 1) << 63 - f.fractionBits;
    }
    return fraction == 0 ? 0 : fraction << Long.numberOfLeadingZeros(fraction);
  }

  private static int exponent(BinaryFormat f, long bits) {
    int field = f.field(bits);
    if (field != 0) {
      return field - f.bias;
    }
    int leading = Long.numberOfLeadingZeros(bits & f.fraction);
    return f.minimumExponent - (leading - (63 - f.fractionBits));
  }

  // ---- operations

  long add(BinaryFormat f, long a, long b) {
    return compute(f, '+', a, b);
  }

  long subtract(BinaryFormat f, long a, long b) {
    return compute(f, '-', a, b);
  }

  long multiply(BinaryFormat f, long a, long b) {
    return compute(f, '*', a, b);
  }

  long divide(BinaryFormat f, long a, long b) {
    return compute(f, '/', a, b);
  }

  private long compute(BinaryFormat f, char operator, long a, long b) {
    long result = fast ? host(f, operator, a, b) : NO_RESULT;
    if (result != NO_RESULT) {
      return result;
    }
    if (f.isNan(a) || f.isNan(b)) {
      return nan(f, a, b);
    }
    return switch (operator) {
      case '+' -> sum(f, a, b, false);
      case '-' -> sum(f, a, b, true);
      case '*' -> product(f, a, b);
      default -> quotient(f, a, b);
    };
  }

  /** What the host makes of it, or {@link #NO_RESULT} where anything but rounding may happen. */
  private static long host(BinaryFormat f, char operator, long a, long b) {
    long result =
        f == BinaryFormat.DOUBLE
            ? bits(host(operator, Double.longBitsToDouble(a), Double.longBitsToDouble(b)))
            : bits(host(operator, Float.intBitsToFloat((int) a), Float.intBitsToFloat((int) b)));
    return isOrdinary(f, a) && isOrdinary(f, b) && isPlain(f, result) ? result : NO_RESULT;
  }

  private static double host(char operator, double a, double b) {
    return switch (operator) {
      case '+' -> a + b;
      case '-' -> a - b;
      case '*' -> a * b;
      default -> a / b;
    };
  }

  private static float host(char operator, float a, float b) {
    return switch (operator) {
      case '+' -> a + b;
      case '-' -> a - b;
      case '*' -> a * b;
      default -> a / b;
    };
  }

  private static long bits(double value) {
    return Double.doubleToRawLongBits(value);
  }

  private static long bits(float value) {
    return Float.floatToRawIntBits(value) & 0xffff_ffffL;
  }

  /** A zero or a normal number. */
  private static boolean isOrdinary(BinaryFormat f, long bits) {
    int field = f.field(bits);
    return field != f.maximumField && (field != 0 || (bits & f.fraction) == 0);
  }

  /** A normal number that is not next to the denormals. */
  private static boolean isPlain(BinaryFormat f, long bits) {
    int field = f.field(bits);
    return field > 1 && field < f.maximumField;
  }

  private long sum(BinaryFormat f, long first, long second, boolean minus) {
    long a = operandQuietly(f, first);
    long b = operandQuietly(f, second);
    if (minus) {
      b ^= f.sign;
    }
    if (f.isInfinite(a) && f.isInfinite(b) && a != b) {
      return invalid(f);
    }
    operand(f, first);
    operand(f, second);
    if (f.isInfinite(a)) {
      return a;
    }
    if (f.isInfinite(b)) {
      return b;
    }
    if (f.isZero(a) && f.isZero(b)) {
      return a == b ? a : zero(f, rounding == DOWN);
    }
    unpackA(f, a);
    unpackB(f, b);
    if (significandA == 0) {
      return round(f, negativeB, exponentB, significandB);
    }
    if (significandB == 0) {
      return round(f, negativeA, exponentA, significandA);
    }
    return negativeA == negativeB ? addMagnitudes(f) : subtractMagnitudes(f);
  }

  private long addMagnitudes(BinaryFormat f) {
    int exponent = Math.max(exponentA, exponentB);
    // one bit of room for the carry; the significands have more than enough bits below
    long sum =
        shiftRight(significandA, 1 + exponent - exponentA)
            + shiftRight(significandB, 1 + exponent - exponentB);
    return normalizeAndRound(f, negativeA, exponent + 1, sum);
  }

  private long subtractMagnitudes(BinaryFormat f) {
    int exponent = Math.max(exponentA, exponentB);
    long a = shiftRight(significandA, 1 + exponent - exponentA);
    long b = shiftRight(significandB, 1 + exponent - exponentB);
    if (a == b) {
      return zero(f, rounding == DOWN);
    }
    return a > b
        ? normalizeAndRound(f, negativeA, exponent + 1, a - b)
        : normalizeAndRound(f, negativeB, exponent + 1, b - a);
  }

  private static long zero(BinaryFormat f, boolean negative) {
    return negative ? f.sign : 0;
  }

  private long product(BinaryFormat f, long first, long second) {
    long a = operandQuietly(f, first);
    long b = operandQuietly(f, second);
    boolean negative = f.isNegative(a ^ b);
    if (f.isInfinite(a) && f.isZero(b) || f.isZero(a) && f.isInfinite(b)) {
      return invalid(f);
    }
    operand(f, first);
    operand(f, second);
    if (f.isInfinite(a) || f.isInfinite(b)) {
      return f.infinity | zero(f, negative);
    }
    unpackA(f, a);
    unpackB(f, b);
    if (significandA == 0 || significandB == 0) {
      return zero(f, negative);
    }
    long high = Math.unsignedMultiplyHigh(significandA, significandB);
    long low = significandA * significandB;
    return normalizeAndRound(f, negative, exponentA + exponentB + 1, high | (low == 0 ? 0 : 1));
  }

  private long quotient(BinaryFormat f, long first, long second) {
    long a = operandQuietly(f, first);
    long b = operandQuietly(f, second);
    boolean negative = f.isNegative(a ^ b);
    if (f.isInfinite(a) && f.isInfinite(b) || f.isZero(a) && f.isZero(b)) {
      return invalid(f);
    }
    if (f.isInfinite(a)) {
      operand(f, second);
      return f.infinity | zero(f, negative);
    }
    if (f.isZero(b)) {
      flags |= Mxcsr.ZE;
      return f.infinity | zero(f, negative);
    }
    operand(f, first);
    operand(f, second);
    if (f.isInfinite(b)) {
      return zero(f, negative);
    }
    unpackA(f, a);
    unpackB(f, b);
    if (significandA == 0) {
      return zero(f, negative);
    }
    // long division; a quotient digit a step
    long divisor = significandB >>> 1;
    long remainder = significandA >>> 1;
    long quotient = 0;
    for (int bit = 63; bit >= 0; bit--) {
      quotient <<= 1;
      if (Long.compareUnsigned(remainder, divisor) >= 0) {
        remainder -= divisor;
        quotient |= 1;
      }
      remainder <<= 1;
    }
    return normalizeAndRound(
        f, negative, exponentA - exponentB, quotient | (remainder == 0 ? 0 : 1));
  }

  long squareRoot(BinaryFormat f, long bits) {
    if (f.isNan(bits)) {
      return nan(f, bits, bits);
    }
    long a = operandQuietly(f, bits);
    if (f.isZero(a)) {
      return a;
    }
    if (f.isNegative(a)) {
      return invalid(f);
    }
    operand(f, bits);
    if (f.isInfinite(a)) {
      return a;
    }
    unpackA(f, a);
    // digit by digit: two bits of the radicand for each of the root's
    boolean odd = (exponentA & 1) != 0;
    long radicand = odd ? significandA : significandA >>> 1; // its point is behind bit 62 (61)
    long root = 0;
    long remainder = 0;
    for (int digit = 0; digit < 58; digit++) {
      remainder = remainder << 2 | radicand >>> 62;
      radicand <<= 2;
      long trial = root << 2 | 1;
      root <<= 1;
      if (remainder >= trial) {
        remainder -= trial;
        root |= 1;
      }
    }
    boolean inexact = remainder != 0 || radicand != 0;
    return normalizeAndRound(f, false, (exponentA >> 1) + 6, root | (inexact ? 1 : 0));
  }

  // ---- conversions

  /** A signed integer. */
  long fromInteger(BinaryFormat f, int value) {
    if (value == 0) {
      return 0;
    }
    return normalizeAndRound(f, value < 0, 63, Math.abs((long) value));
  }

  /** To a signed integer of 32 bits; the integer indefinite if it does not fit. */
  int toInteger(BinaryFormat f, long bits) {
    long a = operandQuietly(f, bits);
    if (f.isNan(a) || f.isInfinite(a)) {
      flags |= Mxcsr.IE;
      return Integer.MIN_VALUE;
    }
    unpackA(f, a);
    if (significandA == 0) {
      return 0;
    }
    long magnitude;
    if (exponentA > 31) {
      flags |= Mxcsr.IE;
      return Integer.MIN_VALUE;
    }
    long fixed = shiftRight(significandA, 31 - exponentA); // 32 bits before the point, 32 behind
    magnitude = roundAt(fixed, 32, negativeA) >>> 32;
    // rounding up may have carried out of the 64 bits
    if (Long.compareUnsigned(fixed, 0xffff_ffff_0000_0000L) > 0 && magnitude == 0) {
      magnitude = 1L << 32;
    }
    long value = negativeA ? -magnitude : magnitude;
    if (value != (int) value) {
      flags |= Mxcsr.IE;
      return Integer.MIN_VALUE;
    }
    if ((fixed & 0xffff_ffffL) != 0) {
      flags |= Mxcsr.PE;
    }
    return (int) value;
  }

  /** From single to double, which is exact. */
  long widen(long single) {
    return convert(BinaryFormat.SINGLE, BinaryFormat.DOUBLE, single);
  }

  /** From double to single. */
  long narrow(long wide) {
    return convert(BinaryFormat.DOUBLE, BinaryFormat.SINGLE, wide);
  }

  private long convert(BinaryFormat f, BinaryFormat to, long bits) {
    long sign = zero(to, f.isNegative(bits));
    if (f.isNan(bits)) {
      long payload = (nan(f, bits, bits) & f.fraction) << 63 - f.fractionBits;
      return sign | to.infinity | payload >>> 63 - to.fractionBits;
    }
    long a = operand(f, bits);
    if (f.isInfinite(a)) {
      return sign | to.infinity;
    }
    unpackA(f, a);
    return significandA == 0 ? sign : round(to, negativeA, exponentA, significandA);
  }

  // ---- rounding

  /** Shifts right, bit 0 keeping what falls out. */
  private static long shiftRight(long significand, int count) {
    if (count == 0) {
      return significand;
    }
    if (count > 63) {
      return significand == 0 ? 0 : 1;
    }
    return significand >>> count | (significand << 64 - count == 0 ? 0 : 1);
  }

  private long normalizeAndRound(BinaryFormat f, boolean negative, int exponent, long bits) {
    int shift = Long.numberOfLeadingZeros(bits);
    return round(f, negative, exponent - shift, bits << shift);
  }

  /** Rounds to a multiple of 2^{@code position}; a carry out of bit 63 is lost. */
  private long roundAt(long significand, int position, boolean negative) {
    long unit = 1L << position;
    long below = significand & unit - 1;
    long cut = significand & -unit;
    if (below == 0) {
      return cut;
    }
    boolean up =
        switch (rounding) {
          case NEAREST -> {
            long half = unit >>> 1;
            yield below > half || below == half && (cut & unit) != 0;
          }
          case DOWN -> negative;
          case UP -> !negative;
          default -> false;
        };
    return up ? cut + unit : cut;
  }

  /** Rounds to the format, with the exceptions of overflow, underflow and inexactness. */
  private long round(BinaryFormat f, boolean negative, int exponent, long significand) {
    int position = 63 - f.fractionBits;
    long rounded = roundAt(significand, position, negative);
    boolean carried = rounded == 0;
    int after = carried ? exponent + 1 : exponent;
    if (after < f.minimumExponent) {
      return roundTiny(f, negative, exponent, significand);
    }
    if (exponent < f.minimumExponent) {
      // only rounding makes it a normal number, so it is not tiny
      return roundDenormal(f, negative, exponent, significand, false);
    }
    if (after > f.bias) {
      boolean inexact = rounded != significand || (mxcsr & Mxcsr.OM) != 0;
      flags |= inexact ? Mxcsr.OE | Mxcsr.PE : Mxcsr.OE;
      return overflow(f, negative);
    }
    if (rounded != significand) {
      flags |= Mxcsr.PE;
    }
    long fraction = carried ? 0 : rounded << 1 >>> 64 - f.fractionBits;
    return zero(f, negative) | (long) (after + f.bias) << f.fractionBits | fraction;
  }

  /**
   * Tininess is detected after rounding (SDM vol. 1, 4.9.1.5). An unmasked underflow delivers no
   * result; whether it is also inexact is said of the one with unbounded exponent.
   */
  private long roundTiny(BinaryFormat f, boolean negative, int exponent, long significand) {
    if ((mxcsr & Mxcsr.UM) == 0) {
      boolean inexact = (significand & (1L << 63 - f.fractionBits) - 1) != 0;
      flags |= inexact ? Mxcsr.UE | Mxcsr.PE : Mxcsr.UE;
      return 0;
    }
    if ((mxcsr & Mxcsr.FTZ) != 0) {
      flags |= Mxcsr.UE | Mxcsr.PE;
      return zero(f, negative);
    }
    return roundDenormal(f, negative, exponent, significand, true);
  }

  private long roundDenormal(
      BinaryFormat f, boolean negative, int exponent, long significand, boolean tiny) {
    int position = 63 - f.fractionBits;
    long shifted = shiftRight(significand, f.minimumExponent - exponent);
    long rounded = roundAt(shifted, position, negative);
    if (rounded != shifted) {
      flags |= tiny ? Mxcsr.UE | Mxcsr.PE : Mxcsr.PE;
    }
    // the leading one, if it is there again, is the lowest bit of the exponent field
    return zero(f, negative) | rounded >>> position;
  }

  private long overflow(BinaryFormat f, boolean negative) {
    boolean infinite =
        switch (rounding) {
          case NEAREST -> true;
          case DOWN -> negative;
          case UP -> !negative;
          default -> false;
        };
    return zero(f, negative) | (infinite ? f.infinity : f.infinity - 1);
  }

  // ---- comparison

  /** -1, 0, 1, or 2 if unordered: with DE, and IE only for signalling NaNs. */
  int compareQuietly(BinaryFormat f, long first, long second) {
    return compare(f, first, second, false);
  }

  /** -1, 0, 1, or 2 if unordered: with DE, and IE for any NaN. */
  int compareSignaling(BinaryFormat f, long first, long second) {
    return compare(f, first, second, true);
  }

  private int compare(BinaryFormat f, long first, long second, boolean anyNan) {
    if (f.isNan(first) || f.isNan(second)) {
      if (anyNan || f.isSignaling(first) || f.isSignaling(second)) {
        flags |= Mxcsr.IE;
      }
      return 2;
    }
    long a = order(f, operand(f, first));
    long b = order(f, operand(f, second));
    return Long.compare(a, b);
  }

  /** An integer in the order of the numbers. */
  private static long order(BinaryFormat f, long bits) {
    long magnitude = bits & ~f.sign;
    return f.isNegative(bits) ? -magnitude : magnitude;
  }
}
