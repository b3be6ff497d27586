package org.trampoline.kernel.layout;

/** Numbers as the kernel prints them; cheaper at start-up than format strings. */
public final class Hex {
  private static final String DIGITS = "0123456789abcdef";

  private Hex() {}

  /** Eight digits, as {@code %08x}. */
  public static String word(int value) {
    return digits(value, 8);
  }

  /** The lowest {@code count} hexadecimal digits, 1–8. */
  public static String digits(int value, int count) {
    char[] text = new char[count];
    for (int i = count - 1; i >= 0; i--) {
      text[i] = DIGITS.charAt(value & 15);
      value >>>= 4;
    }
    return new String(text);
  }
}
