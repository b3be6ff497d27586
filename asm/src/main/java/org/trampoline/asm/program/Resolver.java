package org.trampoline.asm.program;

import org.trampoline.asm.program.Symbols.Alias;
import org.trampoline.asm.program.Symbols.Constant;
import org.trampoline.asm.program.Symbols.Label;
import org.trampoline.asm.syntax.Expression;

/** Computes expressions with the addresses that layout has given so far. */
final class Resolver {
  /** Longer chains of symbols defined by one another are taken for cycles. */
  private static final int MAX_CHAIN = 200;

  /** So many symbols in one value are only looked up for a source made to take forever. */
  private static final int MAX_STEPS = 10_000;

  private final Symbols symbols;
  private boolean usedAddress;
  private Section section;
  private boolean severalSections;
  private int lastLabel;
  private int chain;
  private int steps;

  Resolver(Symbols symbols) {
    this.symbols = symbols;
  }

  /** The value of an expression; addresses count as unsigned. */
  long value(Expression expression) {
    if (expression instanceof Expression.Known(long value)) {
      usedAddress = false;
      section = null;
      return value;
    }
    usedAddress = false;
    severalSections = false;
    section = null;
    chain = 0;
    steps = 0;
    return expression.evaluate(this::symbol);
  }

  /** Whether the last value depends on an address. */
  boolean usedAddress() {
    return usedAddress;
  }

  /** The section in which all labels of the last value lie; null if there is no such one. */
  Section onlySection() {
    return severalSections ? null : section;
  }

  /** The fragment before which the last label of the last value lies. */
  int lastLabel() {
    return lastLabel;
  }

  private long symbol(Expression.Symbol symbol) {
    return switch (symbols.definition(symbol)) {
      case Constant constant -> constant.value();
      case Label label -> {
        severalSections |= section != null && section != label.section();
        section = label.section();
        lastLabel = label.fragment();
        usedAddress = true;
        yield section.addresses[label.fragment()];
      }
      case Alias alias -> {
        if (++chain > MAX_CHAIN || ++steps > MAX_STEPS) {
          throw symbol
              .where()
              .error("symbol is defined by itself or by too many others", symbol.name());
        }
        long value = alias.value().evaluate(this::symbol);
        chain--;
        yield value;
      }
    };
  }
}
