package org.trampoline.asm.syntax;

import java.util.function.ToLongFunction;

/**
 * The value of an operand or of a directive's argument. Everything that is known while the source
 * is read is folded into {@link Known}s at once, so what is left depends on addresses or on symbols
 * defined further down.
 *
 * <p>Arithmetic is in 64 bits and wraps.
 */
public sealed interface Expression {
  /** More nodes than any sensible source needs, few enough to be evaluated recursively. */
  int MAX_NODES = 1000;

  /** A known value. */
  record Known(long value) implements Expression {}

  /** A symbol whose value is known only after layout; {@code where} it was used. */
  record Symbol(String name, Location where) implements Expression {}

  /** {@code operator} is one of {@code - ~ !}. */
  record Unary(char operator, Expression operand, int nodes) implements Expression {}

  /** Two operands. */
  record Binary(Operator operator, Expression left, Expression right, int nodes, Location where)
      implements Expression {}

  /** How many nodes the tree has. */
  default int nodes() {
    return switch (this) {
      case Unary unary -> unary.nodes();
      case Binary binary -> binary.nodes();
      default -> 1;
    };
  }

  /** Whether the value is already known. */
  default boolean isKnown() {
    return this instanceof Known;
  }

  /** Applies a unary operator, at once if the value is known. */
  static Expression unary(char operator, Expression operand) {
    if (operand instanceof Known(long value)) {
      return new Known(apply(operator, value));
    }
    return new Unary(operator, operand, operand.nodes() + 1);
  }

  /**
   * Applies a binary operator, at once if both values are known.
   *
   * @throws org.trampoline.asm.AssemblyException for a division by zero, and when the tree grows
   *     beyond {@link #MAX_NODES}
   */
  static Expression binary(Operator operator, Expression left, Expression right, Location where) {
    if (left instanceof Known(long a) && right instanceof Known(long b)) {
      return new Known(operator.apply(a, b, where));
    }
    int nodes = left.nodes() + right.nodes() + 1;
    if (nodes > MAX_NODES) {
      throw where.error("expression has too many terms; expected at most " + MAX_NODES);
    }
    return new Binary(operator, left, right, nodes, where);
  }

  /** A value and a known number together. */
  static Expression sum(Expression value, long number, Location where) {
    return binary(Operator.ADD, value, new Known(number), where);
  }

  /** The value, given those of the symbols. */
  default long evaluate(ToLongFunction<Symbol> values) {
    return switch (this) {
      case Known number -> number.value();
      case Symbol symbol -> values.applyAsLong(symbol);
      case Unary unary -> apply(unary.operator(), unary.operand().evaluate(values));
      case Binary binary ->
          binary
              .operator()
              .apply(
                  binary.left().evaluate(values), binary.right().evaluate(values), binary.where());
    };
  }

  private static long apply(char operator, long value) {
    return switch (operator) {
      case '-' -> -value;
      case '~' -> ~value;
      default -> value == 0 ? 1 : 0;
    };
  }
}
