package org.trampoline.asm.syntax;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/**
 * The statements in the order in which they are read: those of the source, with what macros,
 * repetitions and included files put in between. What a small source can unfold into is bounded.
 */
public final class StatementStream {
  private static final int MAX_DEPTH = 50;
  static final int MAX_STATEMENTS = 300_000;
  static final int MAX_LENGTH = 10_000;

  private final Deque<Iterator<Location>> pending = new ArrayDeque<>();
  private int count;

  /** Reads these statements before going on with the rest. */
  public void push(List<Location> statements, Location because) {
    if (pending.size() >= MAX_DEPTH) {
      throw because.error("nested too deeply; expected at most " + MAX_DEPTH + " levels");
    }
    pending.push(statements.iterator());
  }

  /** The next statement; null at the end. */
  public Location next() {
    while (!pending.isEmpty() && !pending.peek().hasNext()) {
      pending.pop();
    }
    if (pending.isEmpty()) {
      return null;
    }
    Location statement = pending.peek().next();
    if (++count > MAX_STATEMENTS) {
      throw statement.error("too many statements; expected at most " + MAX_STATEMENTS);
    }
    if (statement.statement().length() > MAX_LENGTH) {
      throw statement.error("statement too long; expected at most %d bytes".formatted(MAX_LENGTH));
    }
    return statement;
  }

  /**
   * Takes the statements up to the directive that ends a block, and that directive.
   *
   * @param openers directives that begin a nested block of the same kind
   * @param end the directive that ends one, e.g. {@code .endm}
   */
  List<Location> block(Location opening, List<String> openers, String end) {
    List<Location> body = new ArrayList<>();
    int nested = 0;
    for (Location statement = next(); statement != null; statement = next()) {
      String word = directive(statement);
      if (openers.contains(word)) {
        nested++;
      } else if (word.equals(end) && nested-- == 0) {
        return body;
      }
      body.add(statement);
    }
    throw opening.error("block does not end; expected " + end);
  }

  /** The name behind any labels. */
  private static String directive(Location statement) {
    Cursor cursor = new Cursor(statement.statement(), statement);
    String word = cursor.word();
    while (!word.isEmpty() && cursor.accept(':')) {
      word = cursor.word();
    }
    return word.toLowerCase(Locale.ROOT);
  }

  /** The name a statement begins with, in lower case; empty if it begins with none. */
  static String firstWord(Location statement) {
    String name = new Cursor(statement.statement(), statement).name();
    return name == null ? "" : name.toLowerCase(Locale.ROOT);
  }
}
