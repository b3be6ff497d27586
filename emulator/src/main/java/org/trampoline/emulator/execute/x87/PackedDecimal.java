package org.trampoline.emulator.execute.x87;

import static org.trampoline.emulator.execute.x87.Encoding80.BIAS;
import static org.trampoline.emulator.execute.x87.Encoding80.EXPONENT;
import static org.trampoline.emulator.execute.x87.Encoding80.INFINITY;
import static org.trampoline.emulator.execute.x87.Encoding80.SIGN;
import static org.trampoline.emulator.execute.x87.Encoding80.ZERO;

/**
 * The packed decimal format of FBLD and FBSTP (SDM vol. 1, 4.7): 18 digits of 4 bits in bytes 0–8,
 * the sign in bit 7 of byte 9.
 */
final class PackedDecimal {
  /** Bytes 8 and 9 of the packed BCD indefinite; its other bytes are 0 but byte 7. */
  private static final int INDEFINITE_HIGH = 0xffff;

  private static final long INDEFINITE_LOW = 0xc000_0000_0000_0000L;

  private static final long MAXIMUM = 999_999_999_999_999_999L;

  private PackedDecimal() {}

  /**
   * A packed decimal as a number, always exact. A nibble above 9, which the SDM leaves undefined,
   * counts with its value.
   *
   * @param low bytes 0–7
   * @param high bytes 8 and 9
   */
  static void load(Float80 r, long low, int high) {
    long value = (high >>> 4 & 15) * 10L + (high & 15);
    for (int shift = 60; shift >= 0; shift -= 4) {
      value = value * 10 + (low >>> shift & 15);
    }
    int sign = high & SIGN;
    if (value == 0) {
      r.setZero(sign);
    } else {
      int zeros = Long.numberOfLeadingZeros(value);
      r.set(value << zeros, sign | BIAS + 63 - zeros);
    }
  }

  /**
   * Rounds to an integer and stores bytes 0–7 as the pushed significand of {@code r} and bytes 8
   * and 9 as the pushed exponent.
   */
  static void store(Float80 r, long a, int ae) {
    int kind = Encoding80.kind(a, ae);
    int exponent = (ae & EXPONENT) - BIAS;
    long value = 0;
    if (kind != ZERO) {
      value =
          kind < INFINITY && exponent < 62
              ? Conversion.toMagnitude(r, a, ae & SIGN, exponent, false)
              : -1;
    }
    if (value < 0 || value > MAXIMUM) {
      r.exceptions &= ~(StatusWord.PE | StatusWord.C1);
      r.raise(StatusWord.IE);
      r.pushedSignificand = INDEFINITE_LOW;
      r.pushedSignExponent = INDEFINITE_HIGH;
      return;
    }
    long digits = 0;
    for (int shift = 0; shift < 64; shift += 4) {
      digits |= value % 10 << shift;
      value /= 10;
    }
    r.pushedSignificand = digits;
    r.pushedSignExponent = ae & SIGN | (int) (value / 10 << 4 | value % 10);
  }
}
