package org.trampoline.kernel.printk;

import java.util.function.IntUnaryOperator;
import org.trampoline.kernel.layout.KernelMemory;

/**
 * Formats as the kernel does (Linux: lib/vsprintf.c): {@code %d %i %u %o %x %X %p %s %c %%} with
 * flags {@code - 0 + space #}, width, precision and the lengths {@code h l z}; all arguments are
 * 32-bit words.
 */
final class Vsprintf {
  private static final int STRING_LIMIT = 1024;
  private static final int WIDTH_LIMIT = 128;

  private final KernelMemory memory;
  private IntUnaryOperator arguments;
  private int next;

  private String format;
  private int at;
  private boolean left;
  private boolean zero;
  private boolean plus;
  private boolean space;
  private boolean special;
  private int width;
  private int precision;

  Vsprintf(KernelMemory memory) {
    this.memory = memory;
  }

  /**
   * Formats.
   *
   * @param formatAddress of the format string
   * @param arguments the words that follow it, by index from 0
   */
  String format(int formatAddress, IntUnaryOperator arguments) {
    this.arguments = arguments;
    next = 0;
    format = memory.readString(formatAddress, STRING_LIMIT);
    StringBuilder out = new StringBuilder();
    for (at = 0; at < format.length(); at++) {
      char c = format.charAt(at);
      if (c != '%') {
        out.append(c);
      } else {
        at++;
        specification();
        convert(out);
      }
    }
    return out.toString();
  }

  private int argument() {
    return arguments.applyAsInt(next++);
  }

  private char peek() {
    return at < format.length() ? format.charAt(at) : 0;
  }

  private void specification() {
    left = zero = plus = space = special = false;
    for (; ; at++) {
      switch (peek()) {
        case '-' -> left = true;
        case '0' -> zero = true;
        case '+' -> plus = true;
        case ' ' -> space = true;
        case '#' -> special = true;
        default -> {
          width = number();
          if (width < 0) {
            left = true;
            width = Math.min(-width, WIDTH_LIMIT);
          }
          precision = -1;
          if (peek() == '.') {
            at++;
            precision = Math.max(number(), 0);
          }
          while (peek() == 'h' || peek() == 'l' || peek() == 'z') {
            at++;
          }
          return;
        }
      }
    }
  }

  private int number() {
    if (peek() == '*') {
      at++;
      return Math.clamp(argument(), -WIDTH_LIMIT, WIDTH_LIMIT);
    }
    int value = 0;
    while (peek() >= '0' && peek() <= '9') {
      value = Math.min(10 * value + peek() - '0', WIDTH_LIMIT);
      at++;
    }
    return value;
  }

  private void convert(StringBuilder out) {
    switch (peek()) {
      case 'd', 'i' -> signed(out, argument());
      case 'u' -> number(out, "", Integer.toUnsignedString(argument()));
      case 'o' -> number(out, special ? "0" : "", Integer.toOctalString(argument()));
      case 'x' -> number(out, special ? "0x" : "", Integer.toHexString(argument()));
      case 'X' -> {
        String digits = Integer.toHexString(argument()).toUpperCase(java.util.Locale.ROOT);
        number(out, special ? "0X" : "", digits);
      }
      case 'p' -> {
        zero = true;
        width = width == 0 ? 8 : width;
        number(out, "", Integer.toHexString(argument()));
      }
      case 's' -> string(out, argument());
      case 'c' -> pad(out, String.valueOf((char) (argument() & 0xff)));
      case '%' -> out.append('%');
      case 0 -> out.append('%');
      default -> out.append('%').append(peek());
    }
  }

  private void signed(StringBuilder out, int value) {
    String sign = value < 0 ? "-" : plus ? "+" : space ? " " : "";
    number(out, sign, Long.toString(Math.abs((long) value)));
  }

  private void number(StringBuilder out, String sign, String digits) {
    int length = precision >= 0 ? precision : zero && !left ? width - sign.length() : 0;
    pad(out, sign + "0".repeat(Math.max(0, length - digits.length())) + digits);
  }

  private void string(StringBuilder out, int address) {
    // as Linux: what cannot be a string is not followed
    boolean bad = Integer.compareUnsigned(address, KernelMemory.PAGE_SIZE) < 0;
    String text = bad ? "<NULL>" : memory.readString(address, STRING_LIMIT);
    pad(out, precision >= 0 && precision < text.length() ? text.substring(0, precision) : text);
  }

  private void pad(StringBuilder out, String text) {
    String blanks = " ".repeat(Math.max(0, width - text.length()));
    out.append(left ? text + blanks : blanks + text);
  }
}
