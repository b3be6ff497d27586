package org.trampoline.asm.directive;

import org.trampoline.asm.program.Fragment;
import org.trampoline.asm.program.Program;
import org.trampoline.asm.program.Range;
import org.trampoline.asm.syntax.Cursor;
import org.trampoline.asm.syntax.Expression;
import org.trampoline.asm.syntax.ExpressionParser;
import org.trampoline.asm.syntax.Location;

/** Directives that leave room: repeated values, alignment, origin. */
final class SpaceDirectives {
  private static final byte NOP = (byte) 0x90;
  private static final int MAX_ALIGNMENT = 1 << 20;

  private final Program program;

  SpaceDirectives(Program program) {
    this.program = program;
  }

  /** Handles a directive if it is one of these. */
  boolean handle(String name, Cursor cursor) {
    ExpressionParser expressions = new ExpressionParser(cursor, program.symbols());
    switch (name) {
      case ".space", ".skip", ".zero" -> {
        int start = cursor.position();
        Expression count = expressions.parse();
        String text = cursor.textSince(start);
        byte value = fill(cursor, expressions, 0);
        program.add(new Fragment.Fill(cursor.location(), count, text, 1, value));
      }
      case ".fill" -> fill(cursor, expressions);
      case ".align", ".balign" -> align(cursor, expressions, expressions.parseKnown("alignment"));
      case ".p2align" -> {
        long power = expressions.parseKnown("alignment");
        align(cursor, expressions, power < 0 || power > 31 ? -1 : 1L << power);
      }
      case ".org" -> {
        int start = cursor.position();
        Expression target = expressions.parse();
        org(target, cursor.textSince(start), fill(cursor, expressions, 0), cursor.location());
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Moves to an offset from the section's start, or to an address in it. */
  void org(Expression target, String text, byte fill, Location where) {
    program.add(new Fragment.Org(where, target, text, fill));
  }

  /** {@code ,value}, if it is there. */
  private static byte fill(Cursor cursor, ExpressionParser expressions, int otherwise) {
    if (!cursor.accept(',')) {
      return (byte) otherwise;
    }
    return (byte) known(cursor, expressions, 1, "fill value");
  }

  private static long known(
      Cursor cursor, ExpressionParser expressions, int width, String purpose) {
    int start = cursor.position();
    long value = expressions.parseKnown(purpose);
    return Range.check(value, width, cursor.location(), cursor.textSince(start));
  }

  /** {@code .fill repeat[,size[,value]]}; of the value at most 4 bytes count, the rest are zero. */
  private void fill(Cursor cursor, ExpressionParser expressions) {
    int start = cursor.position();
    Expression count = expressions.parse();
    String text = cursor.textSince(start);
    long size = 1;
    long value = 0;
    if (cursor.accept(',')) {
      size = expressions.parseKnown("size");
      if (size < 1 || size > 8) {
        throw cursor.location().error("size out of range; expected 1 to 8", Long.toString(size));
      }
      if (cursor.accept(',')) {
        int width = size == 1 ? 1 : size < 4 ? 2 : 4;
        value = known(cursor, expressions, width, "value");
      }
    }
    program.add(
        new Fragment.Fill(cursor.location(), count, text, (int) size, value & 0xffff_ffffL));
  }

  /** The rest of an alignment: {@code [,fill[,limit]]}, either of which may be empty. */
  private void align(Cursor cursor, ExpressionParser expressions, long alignment) {
    Location where = cursor.location();
    if (alignment == 0) {
      alignment = 1;
    }
    if (Long.bitCount(alignment) != 1 || alignment > MAX_ALIGNMENT || alignment < 0) {
      throw where.error(
          "not an alignment; expected a power of two up to " + MAX_ALIGNMENT + " bytes");
    }
    byte fill = program.current().isCode() ? NOP : 0;
    long limit = MAX_ALIGNMENT;
    if (cursor.accept(',')) {
      if (cursor.peek() != ',' && !cursor.atEnd()) {
        fill = (byte) known(cursor, expressions, 1, "fill value");
      }
      if (cursor.accept(',')) {
        limit = Math.min(limit, expressions.parseKnown("limit"));
      }
    }
    program.add(new Fragment.Align(where, (int) alignment, fill, (int) limit));
  }
}
