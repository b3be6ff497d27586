package org.trampoline.asm.directive;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.trampoline.asm.SourceLine.Kind;
import org.trampoline.asm.program.Fragment;
import org.trampoline.asm.program.Fragment.Fixup;
import org.trampoline.asm.program.Program;
import org.trampoline.asm.program.Range;
import org.trampoline.asm.syntax.Cursor;
import org.trampoline.asm.syntax.Expression;
import org.trampoline.asm.syntax.Expression.Known;
import org.trampoline.asm.syntax.ExpressionParser;
import org.trampoline.asm.syntax.Location;

/** Directives that put values down: integers, floating-point numbers, strings. */
final class DataDirectives {
  private final Program program;

  DataDirectives(Program program) {
    this.program = program;
  }

  /** Handles a directive if it is one of these. */
  boolean handle(String name, Cursor cursor) {
    switch (name) {
      case ".byte" -> integers(1, cursor);
      case ".word", ".short", ".hword", ".value", ".2byte" -> integers(2, cursor);
      case ".long", ".int", ".4byte" -> integers(4, cursor);
      case ".quad", ".8byte" -> integers(8, cursor);
      case ".float", ".single" -> reals(4, cursor);
      case ".double" -> reals(8, cursor);
      case ".ascii" -> strings(false, cursor);
      case ".asciz", ".string" -> strings(true, cursor);
      default -> {
        return false;
      }
    }
    return true;
  }

  private void add(Location where, byte[] bytes, List<Fixup> fixups) {
    program.add(new Fragment.Bytes(where, Kind.DATA, bytes, fixups));
  }

  private void integers(int width, Cursor cursor) {
    Location where = cursor.location();
    ExpressionParser expressions = new ExpressionParser(cursor, program.symbols());
    List<Fixup> fixups = new ArrayList<>();
    int size = 0;
    do {
      int start = cursor.position();
      program.symbols().moveHere(size);
      Expression value = expressions.parse();
      String text = cursor.textSince(start);
      if (value instanceof Known(long known)) {
        Range.check(known, width, where, text);
      }
      fixups.add(new Fixup(size, width, value, text));
      size += width;
    } while (cursor.accept(','));
    program.symbols().moveHere(0);
    add(where, new byte[size], fixups);
  }

  private void reals(int width, Cursor cursor) {
    Location where = cursor.location();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    do {
      String text = cursor.upToComma();
      long pattern;
      try {
        pattern =
            width == 4
                ? Float.floatToRawIntBits(Float.parseFloat(text))
                : Double.doubleToRawLongBits(Double.parseDouble(text));
      } catch (NumberFormatException notANumber) {
        throw where.error("not a number; expected something like -1.5e3", text);
      }
      for (int i = 0; i < width; i++) {
        bytes.write((int) (pattern >> 8 * i));
      }
    } while (cursor.accept(','));
    add(where, bytes.toByteArray(), List.of());
  }

  private void strings(boolean terminated, Cursor cursor) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    do {
      bytes.writeBytes(string(cursor));
      if (terminated) {
        bytes.write(0);
      }
    } while (cursor.accept(','));
    add(cursor.location(), bytes.toByteArray(), List.of());
  }

  /** Reads a string between quotes, in UTF-8 but for what escapes say. */
  static byte[] string(Cursor cursor) {
    cursor.expect('"', "before a string");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    StringBuilder plain = new StringBuilder();
    for (char c = cursor.nextRaw(); c != '"'; c = cursor.nextRaw()) {
      if (c == '\\') {
        bytes.writeBytes(plain.toString().getBytes(StandardCharsets.UTF_8));
        plain.setLength(0);
        bytes.write(escape(cursor));
      } else {
        plain.append(c);
      }
    }
    bytes.writeBytes(plain.toString().getBytes(StandardCharsets.UTF_8));
    return bytes.toByteArray();
  }

  private static int escape(Cursor cursor) {
    char c = cursor.nextRaw();
    return switch (c) {
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      case 'b' -> '\b';
      case 'f' -> '\f';
      case '\\', '"' -> c;
      case 'x', 'X' -> cursor.digits(0, 16, 100);
      default -> {
        int first = Character.digit(c, 8);
        if (first < 0) {
          throw cursor.location().error("unknown escape in a string", "\\" + c);
        }
        yield cursor.digits(first, 8, 2);
      }
    };
  }
}
