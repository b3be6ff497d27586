package org.trampoline.asm.program;

import org.trampoline.asm.AssemblyException;
import org.trampoline.asm.syntax.Location;

/** Whether a value fits the field it goes into. Nothing is ever truncated without a word. */
public final class Range {
  private Range() {}

  /**
   * Checks a constant and gives it as a signed number of the field's width. A field takes signed
   * and unsigned values alike (-128 to 255 for a byte), and 32-bit patterns of negative numbers
   * that would fit.
   *
   * @param width of the field in bytes: 1, 2, 4 or 8
   * @param text the value as written, for the message
   * @throws AssemblyException if it does not fit
   */
  public static long check(long value, int width, Location where, String text) {
    if (width == 8) {
      return value;
    }
    int bits = width * 8;
    long lowest = -1L << (bits - 1);
    long highest = (1L << bits) - 1;
    long asNegative = value >>> 31 == 1 ? (int) value : value;
    if ((value < lowest || value > highest) && !(asNegative < 0 && asNegative >= lowest)) {
      throw where.error(
          "value %s out of range; expected %d to %d for %d bits"
              .formatted(inWords(value), lowest, highest, bits),
          text);
    }
    return value << (64 - bits) >> (64 - bits);
  }

  /**
   * The same for a value that depends on an address: in 32 bits such a sum wraps, as it does in a
   * linker ({@code symbol - PAGE_OFFSET}).
   */
  static long checkAddress(long value, int width, Location where, String text) {
    return width == 4 ? (int) value : check(value, width, where, text);
  }

  private static String inWords(long value) {
    return value > 0xffff || value < -0xffff
        ? (value < 0 ? "-0x%x".formatted(-value) : "0x%x".formatted(value))
        : Long.toString(value);
  }
}
