package org.trampoline.kernel.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Numbers on the command line: decimal or 0x…, 32 bits, signed or unsigned. */
final class Numbers implements ITypeConverter<Integer> {
  @Override
  public Integer convert(String text) {
    return parse(text);
  }

  /**
   * @return the low 32 bits
   * @throws TypeConversionException if it is no number from -2^31 to 2^32 - 1
   */
  static int parse(String text) {
    String digits = text.startsWith("-") ? text.substring(1) : text;
    boolean hex = digits.startsWith("0x") || digits.startsWith("0X");
    long value;
    try {
      value = Long.parseLong(hex ? digits.substring(2) : digits, hex ? 16 : 10);
    } catch (NumberFormatException e) {
      throw new TypeConversionException(
          "'" + text + "' is no number: expected decimal or 0x and hexadecimal digits");
    }
    boolean negative = text.startsWith("-");
    if (digits.startsWith("-") || value > (negative ? 1L << 31 : 0xffff_ffffL)) {
      throw new TypeConversionException(
          "'" + text + "' is out of range: expected 32 bits, -2147483648 to 4294967295");
    }
    return (int) (negative ? -value : value);
  }

  /** Eight hexadecimal digits. */
  static String hex(int value) {
    char[] digits = new char[8];
    for (int i = 0; i < 8; i++) {
      digits[i] = Character.forDigit(value >>> 28 - 4 * i & 15, 16);
    }
    return new String(digits);
  }
}
