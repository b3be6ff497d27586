package org.trampoline.asm.syntax;

import org.trampoline.asm.AssemblyException;

/** A position in the text of one statement, for the parsers. Blanks separate and mean nothing. */
public final class Cursor {
  private final String text;

  /** The text again: the assembler runs in cold JVMs, where String.charAt is slow. */
  private final char[] characters;

  private final Location location;
  private int position;

  /** Starts at the beginning of some text of the statement at {@code location}. */
  public Cursor(String text, Location location) {
    this.text = text;
    this.characters = text.toCharArray();
    this.location = location;
  }

  /** The statement's place. */
  public Location location() {
    return location;
  }

  /** The index of the next character, blanks skipped. */
  public int position() {
    skipBlanks();
    return position;
  }

  /** Goes back to a position given by {@link #position()}. */
  void reset(int earlier) {
    position = earlier;
  }

  /** Goes on by so many characters. */
  public void skip(int characters) {
    position += characters;
  }

  String text() {
    return text;
  }

  /** Whether nothing but blanks is left. */
  public boolean atEnd() {
    skipBlanks();
    return position == characters.length;
  }

  /** The next character, blanks skipped; 0 at the end. */
  public char peek() {
    skipBlanks();
    return charAt(position);
  }

  /** The character right behind the next one, without skipping; 0 at the end. */
  char peekSecond() {
    skipBlanks();
    return charAt(position + 1);
  }

  private char charAt(int index) {
    return index < characters.length ? characters[index] : 0;
  }

  /** Consumes the next character if it is this one. */
  public boolean accept(char c) {
    if (peek() != c || atEnd()) {
      return false;
    }
    position++;
    return true;
  }

  /** Consumes this character or reports that it was expected. */
  public void expect(char c, String what) {
    if (!accept(c)) {
      throw unexpected("'" + c + "' " + what);
    }
  }

  /** Reports text behind the last thing that was parsed. */
  public void expectEnd() {
    if (!atEnd()) {
      throw location.error("text after the end of the statement; expected none", rest());
    }
  }

  /** Consumes a name: a letter, {@code _ . $} and then digits too; null if there is none. */
  public String name() {
    skipBlanks();
    int start = position;
    if (isNameStart(charAt(start))) {
      while (isNamePart(charAt(position))) {
        position++;
      }
    }
    return position == start ? null : text.substring(start, position);
  }

  /** Consumes letters and digits. */
  String word() {
    skipBlanks();
    int start = position;
    while (isNamePart(charAt(position))) {
      position++;
    }
    return text.substring(start, position);
  }

  /** What is left, without blanks at its ends; consumes nothing. */
  public String rest() {
    skipBlanks();
    return text.substring(position).strip();
  }

  /** Consumes what is left. */
  public String takeRest() {
    String rest = rest();
    position = text.length();
    return rest;
  }

  /** The text between an earlier {@link #position()} and this one. */
  public String textSince(int start) {
    return text.substring(start, position()).strip();
  }

  /** Consumes text up to a comma. */
  public String upToComma() {
    int start = position();
    int comma = text.indexOf(',', start);
    position = comma < 0 ? text.length() : comma;
    return text.substring(start, position).strip();
  }

  /** Consumes the next character, be it a blank. */
  public char nextRaw() {
    if (position == text.length()) {
      throw unexpected("the end of the string");
    }
    return text.charAt(position++);
  }

  /**
   * Consumes digits of an escape and gives their value, of which only the low byte counts.
   *
   * @param first value of the digits before
   * @param atMost how many digits may be there
   */
  public int digits(int first, int radix, int atMost) {
    int value = first;
    for (int i = 0; i < atMost && Character.digit(charAt(position), radix) >= 0; i++) {
      value = (value * radix + Character.digit(charAt(position++), radix)) & 0xff;
    }
    return value;
  }

  /** An error at this point; {@code expected} says what should be here. */
  public AssemblyException unexpected(String expected) {
    String rest = rest();
    return rest.isEmpty()
        ? location.error("statement ends too early; expected " + expected)
        : location.error("expected " + expected, rest);
  }

  private void skipBlanks() {
    while (position < characters.length && characters[position] <= ' ') {
      position++;
    }
  }

  /** Whether a name may begin with this. */
  public static boolean isNameStart(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '.' || c == '$';
  }

  /** Whether a name may go on with this. */
  public static boolean isNamePart(char c) {
    return isNameStart(c) || c >= '0' && c <= '9';
  }
}
