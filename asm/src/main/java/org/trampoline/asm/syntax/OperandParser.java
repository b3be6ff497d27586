package org.trampoline.asm.syntax;

import java.util.ArrayList;
import java.util.List;
import org.trampoline.asm.AssemblyException;
import org.trampoline.asm.syntax.Operand.Immediate;
import org.trampoline.asm.syntax.Operand.Indirect;
import org.trampoline.asm.syntax.Operand.Memory;
import org.trampoline.asm.syntax.Operand.Reg;
import org.trampoline.asm.syntax.Register.Kind;

/** Reads the operands of an instruction. */
public final class OperandParser {
  private final Cursor cursor;
  private final ExpressionParser expressions;

  /** Reads from {@code cursor}; {@code names} says what symbols stand for. */
  public OperandParser(Cursor cursor, Names names) {
    this.cursor = cursor;
    this.expressions = new ExpressionParser(cursor, names);
  }

  /** Reads operands up to the end of the statement. */
  public List<Operand> parseAll() {
    List<Operand> operands = new ArrayList<>(3);
    if (!cursor.atEnd()) {
      do {
        operands.add(operand());
      } while (cursor.accept(','));
      if (!cursor.atEnd()) {
        throw cursor.unexpected("',' or the end of the statement");
      }
    }
    return operands;
  }

  private Operand operand() {
    if (cursor.accept('*')) {
      return new Indirect(registerOrMemory());
    }
    if (cursor.accept('$')) {
      int start = cursor.position();
      Expression value = expressions.parse();
      return new Immediate(value, "$" + cursor.textSince(start));
    }
    return registerOrMemory();
  }

  private Operand registerOrMemory() {
    Register segment = null;
    if (cursor.accept('%')) {
      Register register = Register.parse(cursor);
      if (!cursor.accept(':')) {
        return new Reg(register);
      }
      if (register.kind() != Kind.SEGMENT) {
        throw error("not a segment register", register.toString());
      }
      segment = register;
    }
    int start = cursor.position();
    Expression displacement = atBaseAndIndex() ? null : expressions.parse();
    String text = cursor.textSince(start);
    if (!atBaseAndIndex()) {
      return new Memory(segment, displacement, null, null, 1, text);
    }
    cursor.accept('(');
    Register base = cursor.accept('%') ? Register.parse(cursor) : null;
    Register index = null;
    int scale = 1;
    if (cursor.accept(',')) {
      if (cursor.accept('%')) {
        index = Register.parse(cursor);
        if (cursor.accept(',')) {
          scale = scale();
        }
      } else {
        scale();
      }
    }
    cursor.expect(')', "after base and index");
    check(base, index, scale);
    return new Memory(segment, displacement, base, index, scale, text);
  }

  /** Tells {@code (%eax)} and {@code (,%eax,4)} from an expression in parentheses. */
  private boolean atBaseAndIndex() {
    if (cursor.peek() != '(') {
      return false;
    }
    int start = cursor.position();
    cursor.skip(1);
    char next = cursor.peek();
    cursor.reset(start);
    return next == '%' || next == ',';
  }

  private int scale() {
    int start = cursor.position();
    long scale = expressions.parseKnown("scale");
    if (scale != 1 && scale != 2 && scale != 4 && scale != 8) {
      throw error("scale out of range; expected 1, 2, 4 or 8", cursor.textSince(start));
    }
    return (int) scale;
  }

  private void check(Register base, Register index, int scale) {
    if (base == null && index == null) {
      throw error("no base or index register; expected (%base), (,%index,scale) or both");
    }
    for (Register register : new Register[] {base, index}) {
      if (register != null && (register.kind() != Kind.GENERAL || register.size() == 1)) {
        throw error("register cannot address memory", register.toString());
      }
    }
    if (base != null && index != null && base.size() != index.size()) {
      throw error("base and index differ in width", base + "," + index);
    }
    boolean wide = (base != null ? base : index).size() == 4;
    if (wide) {
      if (index != null && index.name().equals("esp")) {
        throw error("register cannot be an index", index.toString());
      }
      return;
    }
    if (base != null && base.name().equals("dx") && index == null) {
      return; // The port of in, out, ins and outs.
    }
    boolean baseFits = base != null && List.of("bx", "bp", "si", "di").contains(base.name());
    boolean indexFits =
        index == null
            || base != null
                && List.of("bx", "bp").contains(base.name())
                && List.of("si", "di").contains(index.name());
    if (!baseFits || !indexFits || scale != 1) {
      throw error(
          "no such 16-bit address; expected bx or bp and si or di, unscaled",
          "(" + (base == null ? "" : base) + (index == null ? "" : "," + index) + ")");
    }
  }

  private AssemblyException error(String problem, String text) {
    return cursor.location().error(problem, text);
  }

  private AssemblyException error(String problem) {
    return cursor.location().error(problem);
  }
}
