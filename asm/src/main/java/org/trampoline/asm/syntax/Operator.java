package org.trampoline.asm.syntax;

/**
 * The binary operators, with GNU as's ranks, which are not those of C: shifts bind as tightly as
 * products, and {@code | & ^} tighter than sums. A comparison gives -1 for true.
 */
enum Operator {
  MULTIPLY("*", 5),
  DIVIDE("/", 5),
  REMAINDER("%", 5),
  SHIFT_LEFT("<<", 5),
  SHIFT_RIGHT(">>", 5),
  OR("|", 4),
  AND("&", 4),
  XOR("^", 4),
  OR_NOT("!", 4),
  ADD("+", 3),
  SUBTRACT("-", 3),
  EQUAL("==", 2),
  NOT_EQUAL("!=", 2),
  UNEQUAL("<>", 2),
  LESS_OR_EQUAL("<=", 2),
  GREATER_OR_EQUAL(">=", 2),
  LESS("<", 2),
  GREATER(">", 2),
  BOTH("&&", 1),
  EITHER("||", 1);

  /** How the source writes it. */
  final String sign;

  /** The higher, the tighter it binds. */
  final int rank;

  Operator(String sign, int rank) {
    this.sign = sign;
    this.rank = rank;
  }

  private static final Operator[] ALL = values();

  /** The operator that begins at a position, the longest sign first; null if none does. */
  static Operator at(String text, int position) {
    if (position == text.length() || "*/%<>|&^!+-=".indexOf(text.charAt(position)) < 0) {
      return null;
    }
    Operator found = null;
    for (Operator operator : ALL) {
      if (text.startsWith(operator.sign, position)
          && (found == null || operator.sign.length() > found.sign.length())) {
        found = operator;
      }
    }
    return found;
  }

  long apply(long left, long right, Location where) {
    return switch (this) {
      case MULTIPLY -> left * right;
      case DIVIDE -> left / divisor(right, where);
      case REMAINDER -> left % divisor(right, where);
      case SHIFT_LEFT -> right < 0 || right > 63 ? 0 : left << right;
      case SHIFT_RIGHT -> right < 0 || right > 63 ? 0 : left >>> right;
      case OR -> left | right;
      case AND -> left & right;
      case XOR -> left ^ right;
      case OR_NOT -> left | ~right;
      case ADD -> left + right;
      case SUBTRACT -> left - right;
      case EQUAL -> truth(left == right);
      case NOT_EQUAL, UNEQUAL -> truth(left != right);
      case LESS_OR_EQUAL -> truth(left <= right);
      case GREATER_OR_EQUAL -> truth(left >= right);
      case LESS -> truth(left < right);
      case GREATER -> truth(left > right);
      case BOTH -> left != 0 && right != 0 ? 1 : 0;
      case EITHER -> left != 0 || right != 0 ? 1 : 0;
    };
  }

  private static long truth(boolean condition) {
    return condition ? -1 : 0;
  }

  private static long divisor(long right, Location where) {
    if (right == 0) {
      throw where.error("division by zero");
    }
    return right;
  }
}
