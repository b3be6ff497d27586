package org.trampoline.asm.program;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.trampoline.asm.syntax.Expression;
import org.trampoline.asm.syntax.Location;
import org.trampoline.asm.syntax.Names;

/** The symbols of one program: labels, constants and what was given from outside. */
public final class Symbols implements Names {
  /** Separates the parts of names that no source can write. */
  private static final char HIDDEN = '\1';

  /** What a symbol stands for; {@code where} is null for one given from outside. */
  sealed interface Definition {
    Location where();
  }

  record Constant(long value, boolean redefinable, Location where) implements Definition {}

  record Alias(Expression value, boolean redefinable, Location where) implements Definition {}

  record Label(Section section, int fragment, Location where) implements Definition {}

  private final Map<String, Definition> definitions = new LinkedHashMap<>();
  private final Set<String> globals = new LinkedHashSet<>();
  private final Map<Integer, Integer> localCounts = new HashMap<>();
  private Section section;
  private int points;
  private int hereOffset;

  /**
   * Starts with the symbols given from outside, which are constants.
   *
   * @param external name to 32-bit value, unsigned
   */
  public Symbols(Map<String, Integer> external) {
    external.forEach(
        (name, value) ->
            definitions.put(name, new Constant(Integer.toUnsignedLong(value), false, null)));
  }

  /** Labels are defined in this section from now on. */
  void enter(Section section) {
    this.section = section;
  }

  /**
   * Defines a label at the current point.
   *
   * @throws org.trampoline.asm.AssemblyException if the name is taken
   */
  public void label(String name, Location where) {
    checkFree(name, where);
    definitions.put(name, new Label(section, section.size(), where));
  }

  /** Defines the next instance of a numeric local label at the current point. */
  public void localLabel(int number, Location where) {
    int count = localCounts.merge(number, 1, Integer::sum);
    definitions.put(localName(number, count), new Label(section, section.size(), where));
  }

  /**
   * Gives a name a value ({@code .set}, {@code .equ}, {@code =}).
   *
   * @param redefinable whether a later assignment may change it
   */
  public void assign(String name, Expression value, boolean redefinable, Location where) {
    Definition old = definitions.get(name);
    boolean mayChange =
        old instanceof Constant constant && constant.redefinable()
            || old instanceof Alias alias && alias.redefinable();
    if (!redefinable || !mayChange) {
      checkFree(name, where);
    }
    definitions.put(
        name,
        value instanceof Expression.Known(long number)
            ? new Constant(number, redefinable, where)
            : new Alias(value, redefinable, where));
  }

  private void checkFree(String name, Location where) {
    Definition old = definitions.get(name);
    if (old == null) {
      return;
    }
    String first =
        old.where() == null
            ? "given from outside"
            : "first at " + old.where().file() + ":" + old.where().line();
    throw where.error("symbol is already defined (" + first + "); expected a new name", name);
  }

  /** Marks names as exported. */
  public void export(String name) {
    globals.add(name);
  }

  /** From now on {@code .} is so many bytes into the next fragment, as far as it is read. */
  public void moveHere(int offset) {
    hereOffset = offset;
  }

  /** Whether a name has a definition so far. */
  public boolean isDefined(String name) {
    return definitions.containsKey(name);
  }

  @Override
  public Expression symbol(String name, Location where) {
    return switch (definitions.get(name)) {
      case Constant constant -> new Expression.Known(constant.value());
      case Alias alias -> alias.value();
      case null, default -> new Expression.Symbol(name, where);
    };
  }

  @Override
  public Expression localBackward(int number, Location where) {
    int count = localCounts.getOrDefault(number, 0);
    if (count == 0) {
      throw where.error(
          "no local label before this point; expected '" + number + ":' above", number + "b");
    }
    return new Expression.Symbol(localName(number, count), where);
  }

  @Override
  public Expression localForward(int number, Location where) {
    int count = localCounts.getOrDefault(number, 0);
    return new Expression.Symbol(localName(number, count + 1), where);
  }

  @Override
  public Expression here(Location where) {
    String name = "." + HIDDEN + points++;
    definitions.put(name, new Label(section, section.size(), where));
    Expression start = new Expression.Symbol(name, where);
    return hereOffset == 0 ? start : Expression.sum(start, hereOffset, where);
  }

  private static String localName(int number, int count) {
    return number + String.valueOf(HIDDEN) + count;
  }

  Definition definition(Expression.Symbol symbol) {
    Definition definition = definitions.get(symbol.name());
    if (definition == null) {
      int local = symbol.name().indexOf(HIDDEN);
      if (local >= 0) {
        String number = symbol.name().substring(0, local);
        throw symbol
            .where()
            .error(
                "no local label after this point; expected '" + number + ":' below", number + "f");
      }
      throw symbol
          .where()
          .error(
              "undefined symbol; expected a label, a constant or a symbol given from outside",
              symbol.name());
    }
    return definition;
  }

  /** Names that the source itself defines and could write, in order. */
  List<Map.Entry<String, Definition>> visible() {
    return definitions.entrySet().stream()
        .filter(e -> e.getValue().where() != null && e.getKey().indexOf(HIDDEN) < 0)
        .toList();
  }

  /** The exported names, defined or not. */
  public Set<String> globals() {
    return globals;
  }
}
