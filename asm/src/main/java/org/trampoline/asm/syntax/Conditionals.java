package org.trampoline.asm.syntax;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.function.Predicate;

/** {@code .if}, {@code .ifdef}, {@code .ifndef}, {@code .elseif}, {@code .else}, {@code .endif}. */
public final class Conditionals {
  private static final Set<String> OPENING = Set.of(".if", ".ifdef", ".ifndef");
  private static final Set<String> OTHERS = Set.of(".elseif", ".else", ".endif");

  /** One open block: whether it is read now, whether a branch of it was, and whether one may be. */
  private static final class Block {
    final Location opening;
    final boolean outer;
    boolean active;
    boolean taken;
    boolean inElse;

    Block(Location opening, boolean outer) {
      this.opening = opening;
      this.outer = outer;
    }
  }

  private final Deque<Block> blocks = new ArrayDeque<>();
  private final Names names;
  private final Predicate<String> isDefined;

  /** Conditions use these symbols. */
  public Conditionals(Names names, Predicate<String> isDefined) {
    this.names = names;
    this.isDefined = isDefined;
  }

  /** Whether statements are read rather than skipped. */
  public boolean isActive() {
    return blocks.isEmpty() || blocks.peek().active;
  }

  /** Handles a statement if it is one of these directives. */
  public boolean handle(Location statement) {
    if (statement.statement().charAt(0) != '.') {
      return false;
    }
    String word = StatementStream.firstWord(statement);
    if (!OPENING.contains(word) && !OTHERS.contains(word)) {
      return false;
    }
    Cursor cursor = new Cursor(statement.statement(), statement);
    cursor.skip(word.length());
    if (OPENING.contains(word)) {
      Block block = new Block(statement, isActive());
      block.active = block.outer && holds(word, cursor);
      block.taken = block.active;
      blocks.push(block);
      return true;
    }
    if (blocks.isEmpty()) {
      throw statement.error("no block is open; expected .if before");
    }
    Block block = blocks.peek();
    if (word.equals(".endif")) {
      blocks.pop();
    } else if (block.inElse) {
      throw statement.error("expected .endif after .else");
    } else {
      block.inElse = word.equals(".else");
      boolean may = block.outer && !block.taken;
      block.active = may && (block.inElse || holds(".if", cursor));
      block.taken |= block.active;
    }
    return true;
  }

  private boolean holds(String word, Cursor cursor) {
    boolean result;
    if (word.equals(".if")) {
      result = new ExpressionParser(cursor, names).parseKnown("condition") != 0;
    } else {
      String name = cursor.name();
      if (name == null) {
        throw cursor.unexpected("a symbol");
      }
      result = isDefined.test(name) == word.equals(".ifdef");
    }
    cursor.expectEnd();
    return result;
  }

  /** Reports a block that does not end. */
  public void expectAllClosed() {
    if (!blocks.isEmpty()) {
      throw blocks.peek().opening.error("block does not end; expected .endif");
    }
  }
}
