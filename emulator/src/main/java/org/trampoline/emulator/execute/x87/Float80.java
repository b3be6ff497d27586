package org.trampoline.emulator.execute.x87;

import static org.trampoline.emulator.execute.x87.Encoding80.BIAS;
import static org.trampoline.emulator.execute.x87.Encoding80.EXPONENT;
import static org.trampoline.emulator.execute.x87.Encoding80.INTEGER_BIT;
import static org.trampoline.emulator.execute.x87.Encoding80.SIGN;

/**
 * An arithmetic result under way: the control word it is made under, its 80 bits, and the
 * exceptions met. Each {@link Fpu} has one, so that arithmetic allocates nothing. The classes for
 * the kinds of arithmetic fill it; instructions take it from here into registers and status word.
 */
public final class Float80 {
  /** Rounding control: to nearest, ties to even. */
  static final int NEAREST = 0;

  /** Rounding control: toward minus infinity. */
  static final int DOWN = 1;

  /** Rounding control: toward plus infinity. */
  static final int UP = 2;

  /** Rounding control: toward zero. */
  static final int CHOP = 3;

  /** What an unmasked overflow or underflow takes off or adds to the exponent (SDM 8.5.4). */
  private static final int WRAP = 0x6000;

  /** The significand of the result. */
  long significand;

  /** Sign (bit 15) and exponent of the result. */
  int signExponent;

  /** The value that FXTRACT, FPTAN and FSINCOS push, after storing the other one. */
  long pushedSignificand;

  int pushedSignExponent;

  /** Status word bits: the exceptions met so far, and C1 if the result was rounded up. */
  int exceptions;

  /** Where the MMU puts 80 bits. */
  final long[] transfer = new long[2];

  /** Rounding control, 0–3. */
  private int rounding;

  /** How many low bits of the significand precision control drops: 0, 11 or 40. */
  private int dropped;

  /** The exceptions that are not masked. */
  private int unmasked;

  /** Takes rounding, precision and masks from a control word. */
  void setControl(int controlWord) {
    rounding = controlWord >> 10 & 3;
    dropped =
        switch (controlWord >> 8 & 3) {
          case 0 -> 40;
          case 2 -> 11;
          default -> 0; // 1 is reserved, and works as 3
        };
    unmasked = ~controlWord & StatusWord.EXCEPTIONS;
  }

  int rounding() {
    return rounding;
  }

  /** Whether precision control is at 64 bits. */
  boolean fullPrecision() {
    return dropped == 0;
  }

  /** Whether this exception (one bit) is unmasked. */
  boolean unmasked(int exception) {
    return (unmasked & exception) != 0;
  }

  /** Whether an unmasked exception has been met that keeps the result from its destination. */
  boolean withheld() {
    return (exceptions & unmasked & StatusWord.PRE_COMPUTATION) != 0;
  }

  /** Whether an unmasked invalid operation has been met. */
  boolean invalidUnmasked() {
    return (exceptions & unmasked & StatusWord.IE) != 0;
  }

  /** Notes an exception; says whether it is unmasked, so that the operation ends with it. */
  boolean raise(int exception) {
    exceptions |= exception;
    return (unmasked & exception) != 0;
  }

  /** An exact result, or a special one. */
  void set(long significand, int signExponent) {
    this.significand = significand;
    this.signExponent = signExponent;
  }

  /** Zero with a sign of 0 or {@link Encoding80#SIGN}. */
  void setZero(int sign) {
    set(0, sign);
  }

  /** Infinity with a sign of 0 or {@link Encoding80#SIGN}. */
  void setInfinity(int sign) {
    set(INTEGER_BIT, sign | EXPONENT);
  }

  /** An invalid operation; masked, its result is the indefinite. */
  void setInvalid() {
    exceptions |= StatusWord.IE;
    set(Encoding80.INDEFINITE, Encoding80.INDEFINITE_EXPONENT);
  }

  /** The sign of an exact zero that is the sum of numbers of opposite signs (SDM 4.8.3.1). */
  int signOfCancellation() {
    return rounding == DOWN ? SIGN : 0;
  }

  /** Rounds to the precision in force; arguments as for {@link #roundExtended}. */
  void round(int sign, int exponent, long high, long low) {
    round(sign, exponent, high, low, dropped);
  }

  /**
   * Rounds to 64 bits, or to fewer if the result is denormal, and notes overflow, underflow,
   * precision and C1 (SDM 4.9.1.4–6, 8.5.4–6).
   *
   * @param sign 0 or {@link Encoding80#SIGN}
   * @param exponent biased exponent, of any value
   * @param high significand with its integer bit set
   * @param low what follows it; where something has been lost beyond, its last bit must be set
   */
  void roundExtended(int sign, int exponent, long high, long low) {
    round(sign, exponent, high, low, 0);
  }

  private void round(int sign, int exponent, long high, long low, int dropped) {
    if (exponent <= 0) {
      roundTiny(sign, exponent, high, low, dropped);
      return;
    }
    long rest = low;
    long kept = high;
    if (dropped != 0) {
      rest = kept << 64 - dropped | sticky(rest);
      kept = kept >>> dropped << dropped;
    }
    if (rest != 0) {
      exceptions |= StatusWord.PE;
      if (roundsUp(sign, kept >>> dropped, rest)) {
        exceptions |= StatusWord.C1;
        kept += 1L << dropped;
        if (kept == 0) {
          kept = INTEGER_BIT;
          exponent++;
        }
      }
    }
    if (exponent >= EXPONENT) {
      overflow(sign, exponent, kept, dropped);
      return;
    }
    significand = kept;
    signExponent = sign | exponent;
  }

  /** Whether a magnitude grows that ends in {@code lastBit}, with {@code rest} ≠ 0 below it. */
  boolean roundsUp(int sign, long lastBit, long rest) {
    return switch (rounding) {
      case NEAREST -> rest < 0 && (rest << 1 != 0 || (lastBit & 1) != 0);
      case DOWN -> sign != 0;
      case UP -> sign == 0;
      default -> false;
    };
  }

  private void overflow(int sign, int exponent, long kept, int dropped) {
    int wrapped = exponent - WRAP;
    boolean trapped = raise(StatusWord.OE);
    if (trapped && wrapped < EXPONENT) {
      set(kept, sign | wrapped);
      return;
    }
    exceptions |= StatusWord.PE;
    if (trapped // only fscale gets so far
        || rounding == NEAREST
        || rounding == (sign != 0 ? DOWN : UP)) {
      exceptions |= StatusWord.C1;
      setInfinity(sign);
    } else {
      exceptions &= ~StatusWord.C1;
      set(-1L << dropped, sign | EXPONENT - 1);
    }
  }

  private void roundTiny(int sign, int exponent, long high, long low, int dropped) {
    if (unmasked(StatusWord.UE)) {
      roundWrapped(sign, exponent, high, low, dropped);
      return;
    }
    boolean tiny = exponent < 0 || !carries(sign, high, low, dropped);
    long rest = shiftedOut(high, low, 1 - exponent);
    long kept = exponent > -63 ? high >>> 1 - exponent : 0;
    if (dropped != 0) {
      rest = kept << 64 - dropped | sticky(rest);
      kept = kept >>> dropped << dropped;
    }
    if (rest != 0) {
      exceptions |= tiny ? StatusWord.PE | StatusWord.UE : StatusWord.PE;
      if (roundsUp(sign, kept >>> dropped, rest)) {
        exceptions |= StatusWord.C1;
        kept += 1L << dropped;
      }
    }
    set(kept, sign | (int) (kept >>> 63)); // it may have become the smallest normal number
  }

  /** Unmasked underflow: the exponent is wrapped, unless rounding has made the result normal. */
  private void roundWrapped(int sign, int exponent, long high, long low, int dropped) {
    if (exponent < 0 || !carries(sign, high, low, dropped)) {
      exceptions |= StatusWord.UE;
      if (exponent + WRAP <= 0) { // only fscale gets so far
        exceptions |= StatusWord.PE;
        setZero(sign);
        return;
      }
      round(sign, exponent + WRAP, high, low, dropped);
    } else {
      round(sign, exponent + WRAP, high, low, dropped);
      signExponent -= WRAP;
    }
  }

  /** Whether rounding with the exponent unbounded gives the next power of two. */
  private boolean carries(int sign, long high, long low, int dropped) {
    long rest = dropped == 0 ? low : high << 64 - dropped | sticky(low);
    return rest != 0
        && (high | (1L << dropped) - 1) == -1
        && roundsUp(sign, high >>> dropped, rest);
  }

  /** What a right shift of {@code high:low} by {@code count} (1 or more) leaves below high. */
  static long shiftedOut(long high, long low, int count) {
    if (count < 64) {
      return high << 64 - count | sticky(low);
    }
    if (count >= 128) {
      return sticky(high | low);
    }
    int beyond = count - 64;
    return high >>> beyond | sticky(high & (1L << beyond) - 1 | low);
  }

  /** 1 if any bit is set, otherwise 0. */
  static long sticky(long bits) {
    return bits == 0 ? 0 : 1;
  }

  /** The value to be pushed. */
  void setPushed(long significand, int signExponent) {
    pushedSignificand = significand;
    pushedSignExponent = signExponent;
  }

  /** Makes the result the one that is pushed, too. */
  void keepPushed() {
    pushedSignificand = significand;
    pushedSignExponent = signExponent;
  }

  /** Makes 1.0 with this sign. */
  void setOne(int sign) {
    set(INTEGER_BIT, sign | BIAS);
  }
}
