package org.trampoline.asm.syntax;

import java.util.ArrayList;
import java.util.List;
import org.trampoline.asm.AssemblyException;
import org.trampoline.asm.Source;

/**
 * Cuts a source into statements: takes out comments ({@code #}, {@code //}, and between {@code /*}
 * and its end) and separates at line ends and semicolons, neither of which counts inside a string
 * or character constant.
 */
public final class SourceScanner {
  private final Source source;
  private final String text;
  private final List<Location> statements = new ArrayList<>();
  private final StringBuilder statement = new StringBuilder();
  private int position;
  private int line = 1;
  private int startLine = 1;

  private SourceScanner(Source source) {
    this.source = source;
    this.text = source.text();
  }

  /**
   * The statements of a source, in order, none of them blank.
   *
   * @throws AssemblyException for a comment or string that does not end
   */
  public static List<Location> scan(Source source) {
    SourceScanner scanner = new SourceScanner(source);
    scanner.run();
    return scanner.statements;
  }

  private void run() {
    int start = 0;
    while (position < text.length()) {
      char c = text.charAt(position);
      if (c > ';' || c == ' ' || c != '/' && "\n;#\"'".indexOf(c) < 0) {
        position++; // An ordinary character: these are taken together.
        continue;
      }
      statement.append(text, start, position);
      switch (c) {
        case '\n' -> {
          endStatement();
          position++;
          line++;
          startLine = line;
        }
        case ';' -> {
          endStatement();
          position++;
        }
        case '#' -> lineComment();
        case '"' -> string();
        case '\'' -> characterConstant();
        default -> slash();
      }
      start = position;
    }
    statement.append(text, start, position);
    endStatement();
  }

  private void slash() {
    if (text.startsWith("//", position)) {
      lineComment();
    } else if (text.startsWith("/*", position)) {
      blockComment();
    } else {
      statement.append('/');
      position++;
    }
  }

  private void endStatement() {
    String whole = statement.toString().strip();
    if (!whole.isEmpty()) {
      statements.add(new Location(source.name(), startLine, whole));
    }
    statement.setLength(0);
    startLine = line;
  }

  private void lineComment() {
    int end = text.indexOf('\n', position);
    String comment = text.substring(position, end < 0 ? text.length() : end);
    if (statement.toString().isBlank() && isPreprocessorLine(comment)) {
      throw new AssemblyException(
          source.name(),
          line,
          "the C preprocessor is not run; expected .set, .include or .if instead",
          comment.strip());
    }
    position += comment.length();
  }

  /** To pass such a line as a comment would drop what it means without a word. */
  private static boolean isPreprocessorLine(String comment) {
    for (String directive :
        List.of("#define ", "#undef ", "#include", "#ifdef ", "#ifndef ", "#if def", "#endif")) {
      if (comment.startsWith(directive)) {
        return true;
      }
    }
    return false;
  }

  private void blockComment() {
    int end = text.indexOf("*/", position + 2);
    if (end < 0) {
      throw new AssemblyException(
          source.name(), line, "comment does not end; expected */", text.substring(position));
    }
    for (int i = position; i < end; i++) {
      if (text.charAt(i) == '\n') {
        line++;
      }
    }
    position = end + 2;
    statement.append(' ');
    if (statement.toString().isBlank()) {
      startLine = line;
    }
  }

  private void string() {
    int start = position++;
    while (position < text.length() && text.charAt(position) != '"') {
      char c = text.charAt(position);
      if (c == '\n') {
        break;
      }
      boolean escape = c == '\\' && !text.startsWith("\n", position + 1);
      position += escape ? 2 : 1;
    }
    if (position >= text.length() || text.charAt(position) != '"') {
      String open = text.substring(start, Math.min(position, text.length()));
      throw new AssemblyException(
          source.name(), line, "string does not end; expected a closing quote", open.strip());
    }
    statement.append(text, start, ++position);
  }

  /** {@code 'c}, {@code '\n} or {@code 'c'}: taken whole, so that {@code '#} is no comment. */
  private void characterConstant() {
    int end = position + 1;
    if (end < text.length() && text.charAt(end) == '\\') {
      end++;
    }
    if (end < text.length() && text.charAt(end) != '\n') {
      end++;
    }
    if (end < text.length() && text.charAt(end) == '\'') {
      end++;
    }
    statement.append(text, position, end);
    position = end;
  }
}
