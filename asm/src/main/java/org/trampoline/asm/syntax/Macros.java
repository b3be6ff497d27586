package org.trampoline.asm.syntax;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * {@code .macro}, {@code .rept} and {@code .irp}. Of GNU as's macros this is the plain part:
 * arguments separated by commas, by position or {@code name=value}; parameters with {@code
 * =default} or {@code :req}; {@code \name}, {@code \@} (a number that differs in each expansion)
 * and {@code \()} (nothing) in the body.
 */
public final class Macros {
  private static final List<String> REPETITIONS = List.of(".rept", ".irp");
  private static final List<String> DEFINITION = List.of(".macro");

  private record Parameter(String name, String initial, boolean required) {}

  private record Macro(List<Parameter> parameters, List<Location> body) {}

  private final Map<String, Macro> macros = new HashMap<>();
  private final StatementStream stream;
  private final Names names;
  private int expansions;

  /** Expansions are pushed on {@code stream}. */
  public Macros(StatementStream stream, Names names) {
    this.stream = stream;
    this.names = names;
  }

  /**
   * Handles a statement if it is one of these directives or invokes a macro.
   *
   * @param word what the statement begins with
   * @param cursor behind that word
   */
  public boolean handle(String word, Cursor cursor) {
    switch (word.toLowerCase(Locale.ROOT)) {
      case ".macro" -> define(cursor);
      case ".rept" -> repeat(cursor);
      case ".irp" -> repeatForEach(cursor);
      case ".endm", ".endr" -> throw cursor.location().error("ends a block that is not open");
      default -> {
        Macro macro = macros.get(word);
        if (macro == null) {
          return false;
        }
        expand(macro, cursor);
      }
    }
    return true;
  }

  private void define(Cursor cursor) {
    Location where = cursor.location();
    String name = cursor.name();
    if (name == null) {
      throw cursor.unexpected("the macro's name");
    }
    cursor.accept(',');
    List<Parameter> parameters = new ArrayList<>();
    while (!cursor.atEnd()) {
      parameters.add(parameter(cursor));
      cursor.accept(',');
    }
    List<Location> body = stream.block(where, DEFINITION, ".endm");
    if (macros.putIfAbsent(name, new Macro(parameters, body)) != null) {
      throw where.error("macro is already defined; expected a new name", name);
    }
  }

  private static Parameter parameter(Cursor cursor) {
    String name = cursor.name();
    if (name == null) {
      throw cursor.unexpected("a parameter's name");
    }
    if (cursor.accept(':')) {
      String qualifier = cursor.name();
      if (!"req".equals(qualifier)) {
        throw cursor.location().error("unknown qualifier; expected :req", ":" + qualifier);
      }
      return new Parameter(name, null, true);
    }
    return new Parameter(name, cursor.accept('=') ? argument(cursor) : "", false);
  }

  private void expand(Macro macro, Cursor cursor) {
    Location where = cursor.location();
    Map<String, String> values = new HashMap<>();
    int position = 0;
    while (!cursor.atEnd()) {
      String name = keyword(cursor, macro);
      if (name == null) {
        if (position == macro.parameters().size()) {
          throw where.error(
              "too many arguments; expected at most %d".formatted(macro.parameters().size()));
        }
        name = macro.parameters().get(position++).name();
      }
      values.put(name, argument(cursor));
      if (!cursor.accept(',') && !cursor.atEnd()) {
        throw cursor.unexpected("',' between arguments");
      }
    }
    for (Parameter parameter : macro.parameters()) {
      if (parameter.required() && values.getOrDefault(parameter.name(), "").isEmpty()) {
        throw where.error("argument missing; expected a value for " + parameter.name());
      }
      values.putIfAbsent(parameter.name(), parameter.initial());
    }
    stream.push(substitute(macro.body(), values, where), where);
  }

  /** Consumes {@code name=} if that is a parameter's name. */
  private static String keyword(Cursor cursor, Macro macro) {
    int start = cursor.position();
    String name = cursor.name();
    if (name != null
        && cursor.accept('=')
        && macro.parameters().stream().anyMatch(p -> p.name().equals(name))) {
      return name;
    }
    cursor.reset(start);
    return null;
  }

  /** Text up to a comma outside parentheses and strings. */
  private static String argument(Cursor cursor) {
    String text = cursor.text();
    int start = cursor.position();
    int at = start;
    int depth = 0;
    boolean quoted = false;
    for (; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && c == '(') {
        depth++;
      } else if (!quoted && c == ')') {
        depth--;
      } else if (!quoted && depth <= 0 && c == ',') {
        break;
      }
    }
    cursor.reset(at);
    return text.substring(start, at).strip();
  }

  private void repeat(Cursor cursor) {
    Location where = cursor.location();
    long count = new ExpressionParser(cursor, names).parseKnown("count");
    cursor.expectEnd();
    List<Location> body = stream.block(where, REPETITIONS, ".endr");
    if (count < 0 || count > 100_000) {
      throw where.error("count out of range; expected 0 to 100000");
    }
    if (!body.isEmpty()) {
      stream.push(new Repetition(body, (int) count), where);
    }
  }

  private void repeatForEach(Cursor cursor) {
    Location where = cursor.location();
    String name = cursor.name();
    if (name == null) {
      throw cursor.unexpected("a name");
    }
    List<String> values = new ArrayList<>();
    while (cursor.accept(',')) {
      values.add(argument(cursor));
    }
    cursor.expectEnd();
    List<Location> body = stream.block(where, REPETITIONS, ".endr");
    List<Location> all = new ArrayList<>();
    for (String value : values) {
      all.addAll(substitute(body, Map.of(name, value), null));
      if (all.size() > StatementStream.MAX_STATEMENTS) {
        throw where.error("too many repetitions");
      }
    }
    stream.push(all, where);
  }

  /** The same statements several times over, without a copy. */
  private static final class Repetition extends AbstractList<Location> {
    private final List<Location> body;
    private final int count;

    Repetition(List<Location> body, int count) {
      this.body = body;
      this.count = count;
    }

    @Override
    public Location get(int index) {
      return body.get(index % body.size());
    }

    @Override
    public int size() {
      return (int) Math.min(Integer.MAX_VALUE, (long) body.size() * count);
    }
  }

  /**
   * Replaces parameters in a body. Statements of a macro get the place where it was invoked, those
   * of a repetition keep theirs.
   */
  private List<Location> substitute(
      List<Location> body, Map<String, String> values, Location where) {
    int expansion = expansions++;
    List<Location> result = new ArrayList<>(body.size());
    for (Location statement : body) {
      Location place = where == null ? statement : where;
      String text = substitute(statement, values, expansion).strip();
      if (!text.isEmpty()) {
        result.add(new Location(place.file(), place.line(), text));
      }
    }
    return result;
  }

  private static String substitute(Location statement, Map<String, String> values, int expansion) {
    String text = statement.statement();
    if (text.indexOf('\\') < 0) {
      return text;
    }
    StringBuilder result = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c != '\\') {
        result.append(c);
      } else if (text.startsWith("()", at)) {
        at += 2;
      } else if (text.startsWith("@", at)) {
        result.append(expansion);
        at++;
      } else {
        int end = at;
        while (end < text.length() && isParameterPart(text.charAt(end))) {
          end++;
        }
        String value = values.get(text.substring(at, end));
        result.append(value == null ? "\\" : value);
        at = value == null ? at : end;
      }
      if (result.length() > StatementStream.MAX_LENGTH) {
        throw statement.error("statement grows too long");
      }
    }
    return result.toString();
  }

  /** A parameter's name ends at a dot, so that {@code \name.w} is its value and {@code .w}. */
  private static boolean isParameterPart(char c) {
    return Cursor.isNamePart(c) && c != '.' && c != '$';
  }
}
