package org.trampoline.asm;

/**
 * The source cannot be assembled. The message is one line, {@code FILE:LINE: what was wrong and
 * what was expected: 'offending text'}, fit to be shown to a user as it is.
 */
public final class AssemblyException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int SHOWN = 80;

  private final String file;
  private final int line;
  private final String problem;
  private final String offendingText;

  /**
   * An error at a place in the source.
   *
   * @param file the source's name
   * @param line the line, from 1
   * @param problem what was wrong and what was expected; one line
   * @param offendingText the text that is wrong
   */
  public AssemblyException(String file, int line, String problem, String offendingText) {
    super("%s:%d: %s: '%s'".formatted(file, line, problem, printable(offendingText)));
    this.file = file;
    this.line = line;
    this.problem = problem;
    this.offendingText = offendingText;
  }

  /** The name of the source that is wrong. */
  public String file() {
    return file;
  }

  /** The line that is wrong, from 1. */
  public int line() {
    return line;
  }

  /** What was wrong and what was expected. */
  public String problem() {
    return problem;
  }

  /** The wrong text, whole and as it was written. */
  public String offendingText() {
    return offendingText;
  }

  /** Keeps the message on one line and the terminal intact, whatever the source holds. */
  private static String printable(String text) {
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < text.length() && i < SHOWN; i++) {
      char c = text.charAt(i);
      shown.append(c >= ' ' && c != 0x7f && !Character.isISOControl(c) ? c : '?');
    }
    return text.length() > SHOWN ? shown.append("...").toString() : shown.toString();
  }
}
