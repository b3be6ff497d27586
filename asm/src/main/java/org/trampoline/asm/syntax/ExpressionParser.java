package org.trampoline.asm.syntax;

import java.util.Locale;
import org.trampoline.asm.syntax.Expression.Known;

/** Reads an expression: numbers, symbols, {@code .}, local labels, operators, parentheses. */
public final class ExpressionParser {
  private static final int MAX_DEPTH = 100;

  private final Cursor cursor;
  private final Names names;
  private int depth;

  /** Reads from {@code cursor}; {@code names} says what symbols stand for. */
  public ExpressionParser(Cursor cursor, Names names) {
    this.cursor = cursor;
    this.names = names;
  }

  /** Reads one expression and leaves the cursor behind it. */
  public Expression parse() {
    return binary(1);
  }

  /**
   * Reads an expression whose value must be known here, because it decides what follows.
   *
   * @param purpose what the value is for, e.g. "count"
   */
  public long parseKnown(String purpose) {
    String text = cursor.rest();
    if (parse() instanceof Known(long value)) {
      return value;
    }
    throw cursor
        .location()
        .error(purpose + " is not known here; expected constants defined before", text);
  }

  private Expression binary(int lowestRank) {
    if (++depth > MAX_DEPTH) {
      throw cursor.location().error("expression is nested too deeply");
    }
    Expression left = unary();
    while (true) {
      Operator operator = Operator.at(cursor.text(), cursor.position());
      if (operator == null || operator.rank < lowestRank || atRegister()) {
        depth--;
        return left;
      }
      cursor.skip(operator.sign.length());
      Expression right = binary(operator.rank + 1);
      left = Expression.binary(operator, left, right, cursor.location());
    }
  }

  /** {@code $5 %eax} lacks a comma; it is no remainder. */
  private boolean atRegister() {
    int start = cursor.position();
    boolean register = false;
    if (cursor.accept('%')) {
      register = Register.named(cursor.word()) != null;
      cursor.reset(start);
    }
    return register;
  }

  private Expression unary() {
    char c = cursor.peek();
    if (c == '-' || c == '~' || c == '!' || c == '+') {
      if (++depth > MAX_DEPTH) {
        throw cursor.location().error("expression is nested too deeply");
      }
      cursor.skip(1);
      Expression operand = unary();
      depth--;
      return c == '+' ? operand : Expression.unary(c, operand);
    }
    if (cursor.accept('(')) {
      Expression inner = binary(1);
      cursor.expect(')', "after the expression");
      return inner;
    }
    if (c == '\'') {
      return new Known(characterConstant());
    }
    if (c >= '0' && c <= '9') {
      return number();
    }
    String name = cursor.name();
    if (name == null) {
      throw cursor.unexpected("a number or a symbol");
    }
    return name.equals(".") ? names.here(cursor.location()) : names.symbol(name, cursor.location());
  }

  private long characterConstant() {
    int start = cursor.position() + 1;
    String text = cursor.text();
    int end = start + (text.startsWith("\\", start) ? 2 : 1);
    if (end > text.length()) {
      throw cursor.unexpected("a character after '");
    }
    cursor.reset(end);
    if (text.startsWith("'", end)) {
      cursor.skip(1);
    }
    char c = text.charAt(end - 1);
    if (end - start == 2) {
      c =
          switch (c) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case '0' -> 0;
            default -> c;
          };
    }
    if (c > 0xff) {
      throw cursor.location().error("character is not a single byte", Character.toString(c));
    }
    return c;
  }

  private Expression number() {
    String word = cursor.word();
    int last = word.length() - 1;
    char suffix = word.charAt(last);
    if ((suffix == 'b' || suffix == 'f') && isDecimal(word, last)) {
      int label = (int) digits(word, word.substring(0, last), 10, Integer.MAX_VALUE);
      return suffix == 'b'
          ? names.localBackward(label, cursor.location())
          : names.localForward(label, cursor.location());
    }
    String lower = word.toLowerCase(Locale.ROOT);
    if (lower.startsWith("0x")) {
      return new Known(digits(word, word.substring(2), 16, -1));
    }
    if (lower.startsWith("0b")) {
      return new Known(digits(word, word.substring(2), 2, -1));
    }
    boolean octal = word.length() > 1 && word.startsWith("0");
    return new Known(digits(word, word, octal ? 8 : 10, -1));
  }

  private static boolean isDecimal(String word, int length) {
    for (int i = 0; i < length; i++) {
      if (word.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  private long digits(String word, String digits, int radix, long limit) {
    try {
      long value = Long.parseUnsignedLong(digits, radix);
      if (digits.startsWith("+") || Long.compareUnsigned(value, limit) > 0) {
        throw new NumberFormatException();
      }
      return value;
    } catch (NumberFormatException notANumber) {
      throw cursor
          .location()
          .error("not a number; expected decimal, 0x..., 0b... or octal digits in 64 bits", word);
    }
  }
}
