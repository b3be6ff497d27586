package org.trampoline.asm.directive;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;
import org.trampoline.asm.Includes;
import org.trampoline.asm.Source;
import org.trampoline.asm.program.Program;
import org.trampoline.asm.program.Section;
import org.trampoline.asm.program.Symbols;
import org.trampoline.asm.syntax.Cursor;
import org.trampoline.asm.syntax.Expression;
import org.trampoline.asm.syntax.ExpressionParser;
import org.trampoline.asm.syntax.Location;
import org.trampoline.asm.syntax.SourceScanner;
import org.trampoline.asm.syntax.StatementStream;

/** Directives about symbols, sections and the code's width; the others are handed on. */
final class Directives {
  /** Debuggers and linkers use what these say; no byte and no symbol depends on it. */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of(".type", ".size", ".ident", ".file", ".loc", ".hidden", ".local", ".att_syntax");

  private final Program program;
  private final Symbols symbols;
  private final StatementStream stream;
  private final Includes includes;
  private final IntConsumer codeWidth;
  private final DataDirectives data;
  private final SpaceDirectives space;
  private final Deque<Section> pushed = new ArrayDeque<>();
  private Section previous;

  Directives(Program program, StatementStream stream, Includes includes, IntConsumer codeWidth) {
    this.program = program;
    this.symbols = program.symbols();
    this.stream = stream;
    this.includes = includes;
    this.codeWidth = codeWidth;
    this.data = new DataDirectives(program);
    this.space = new SpaceDirectives(program);
    this.previous = program.current();
  }

  /**
   * Handles a directive.
   *
   * @param name with its dot; lower case
   * @param cursor at its arguments
   * @throws org.trampoline.asm.AssemblyException if there is no such directive
   */
  void handle(String name, Cursor cursor) {
    if (WITHOUT_EFFECT.contains(name) || name.startsWith(".cfi_")) {
      return;
    }
    switch (name) {
      case ".globl", ".global" -> global(cursor);
      case ".set", ".equ" -> assign(cursor, true);
      case ".equiv" -> assign(cursor, false);
      case ".text", ".data", ".bss" -> section(name, cursor);
      case ".section" -> namedSection(cursor);
      case ".pushsection" -> {
        pushed.push(program.current());
        namedSection(cursor);
      }
      case ".popsection" -> {
        if (pushed.isEmpty()) {
          throw cursor.location().error("no section to go back to; expected .pushsection before");
        }
        goTo(pushed.pop());
      }
      case ".previous" -> goTo(previous);
      case ".code16" -> codeWidth.accept(16);
      case ".code32" -> codeWidth.accept(32);
      case ".include" -> include(cursor);
      case ".error" -> throw cursor.location().error(cursor.takeRest());
      case ".err" -> throw cursor.location().error("the source says so");
      case ".code64" ->
          throw cursor.location().error("no 64-bit code; expected .code16 or .code32");
      case ".intel_syntax" ->
          throw cursor.location().error("no Intel syntax; expected AT&T syntax");
      case ".if", ".ifdef", ".ifndef", ".elseif", ".else", ".endif" ->
          throw cursor.location().error("expected no label before a conditional", name);
      default -> {
        if (!data.handle(name, cursor) && !space.handle(name, cursor)) {
          throw cursor.location().error("unknown directive", name);
        }
      }
    }
    cursor.expectEnd();
  }

  /** {@code . = value}. */
  void moveTo(Expression value, Location where) {
    space.org(value, where.statement(), (byte) 0, where);
  }

  private void global(Cursor cursor) {
    do {
      symbols.export(name(cursor));
    } while (cursor.accept(','));
  }

  private static String name(Cursor cursor) {
    String name = cursor.name();
    if (name == null) {
      throw cursor.unexpected("a symbol");
    }
    return name;
  }

  private void assign(Cursor cursor, boolean redefinable) {
    String name = name(cursor);
    cursor.expect(',', "between name and value");
    Expression value = new ExpressionParser(cursor, symbols).parse();
    if (name.equals(".")) {
      moveTo(value, cursor.location());
    } else {
      symbols.assign(name, value, redefinable, cursor.location());
    }
  }

  private void section(String name, Cursor cursor) {
    if (!cursor.atEnd()) {
      throw cursor.location().error("no subsections; expected nothing after " + name);
    }
    previous = program.current();
    program.enter(name, name.equals(".text"));
  }

  /** {@code .section name[,"flags"[,@type]]}: the flag x says that it holds code. */
  private void namedSection(Cursor cursor) {
    String name = name(cursor);
    String attributes = cursor.takeRest();
    if (!attributes.isEmpty() && !attributes.startsWith(",")) {
      throw cursor.location().error("expected ',' and flags after the section's name", attributes);
    }
    int close = attributes.indexOf('"', attributes.indexOf('"') + 1);
    boolean code =
        name.startsWith(".text")
            || name.startsWith(".init")
            || close > 0 && attributes.substring(0, close).contains("x");
    previous = program.current();
    program.enter(name, code);
  }

  private void goTo(Section section) {
    previous = program.current();
    program.enter(section);
  }

  private void include(Cursor cursor) {
    Location where = cursor.location();
    String name = new String(DataDirectives.string(cursor), StandardCharsets.UTF_8);
    Optional<Source> source = includes.find(name);
    if (source.isEmpty()) {
      throw where.error("cannot find the file to include", name);
    }
    stream.push(SourceScanner.scan(source.get()), where);
  }
}
