package org.trampoline.asm.directive;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.trampoline.asm.Includes;
import org.trampoline.asm.Source;
import org.trampoline.asm.encode.Instruction;
import org.trampoline.asm.encode.InstructionEncoder;
import org.trampoline.asm.encode.Prefixes;
import org.trampoline.asm.program.Program;
import org.trampoline.asm.program.Symbols;
import org.trampoline.asm.syntax.Conditionals;
import org.trampoline.asm.syntax.Cursor;
import org.trampoline.asm.syntax.Expression;
import org.trampoline.asm.syntax.ExpressionParser;
import org.trampoline.asm.syntax.Location;
import org.trampoline.asm.syntax.Macros;
import org.trampoline.asm.syntax.OperandParser;
import org.trampoline.asm.syntax.SourceScanner;
import org.trampoline.asm.syntax.StatementStream;

/** Reads sources, statement by statement, into a {@link Program}. */
public final class ProgramReader {
  private final Symbols symbols;
  private final Program program;
  private final StatementStream stream = new StatementStream();
  private final Macros macros;
  private final Conditionals conditionals;
  private final InstructionEncoder encoder = new InstructionEncoder();
  private final Directives directives;

  /** The code's width; {@code .code16} and {@code .code32} change it. */
  private int bits = 32;

  /**
   * A reader.
   *
   * @param external symbols given from outside, 32 bits, unsigned
   * @param includes where {@code .include} looks
   */
  public ProgramReader(Map<String, Integer> external, Includes includes) {
    this.symbols = new Symbols(external);
    this.program = new Program(symbols);
    this.macros = new Macros(stream, symbols);
    this.conditionals = new Conditionals(symbols, symbols::isDefined);
    this.directives = new Directives(program, stream, includes, width -> bits = width);
  }

  /**
   * Reads the sources, one after the other, as one program.
   *
   * @throws org.trampoline.asm.AssemblyException for the first thing that is wrong
   */
  public Program read(List<Source> sources) {
    for (Source source : sources) {
      List<Location> statements = SourceScanner.scan(source);
      if (!statements.isEmpty()) {
        stream.push(statements, statements.getFirst());
      }
      for (Location next = stream.next(); next != null; next = stream.next()) {
        if (!conditionals.handle(next) && conditionals.isActive()) {
          statement(next);
        }
      }
      conditionals.expectAllClosed();
    }
    encoder.finish();
    return program;
  }

  private void statement(Location whole) {
    Cursor cursor = new Cursor(whole.statement(), whole);
    while (!cursor.atEnd()) {
      int start = cursor.position();
      if (localLabel(cursor)) {
        continue;
      }
      String name = cursor.name();
      if (name == null) {
        throw whole.error("not a statement; expected a label, a directive or an instruction");
      }
      if (cursor.accept(':')) {
        symbols.label(name, whole);
        continue;
      }
      String text = whole.statement().substring(start);
      Location where = start == 0 ? whole : new Location(whole.file(), whole.line(), text);
      Cursor arguments = new Cursor(text.substring(name.length()), where);
      if (arguments.accept('=')) {
        assign(name, arguments);
      } else if (!macros.handle(name, arguments)) {
        if (name.startsWith(".")) {
          directives.handle(name.toLowerCase(Locale.ROOT), arguments);
        } else {
          instruction(name.toLowerCase(Locale.ROOT), arguments);
        }
      }
      return;
    }
  }

  private boolean localLabel(Cursor cursor) {
    char c = cursor.peek();
    if (c < '0' || c > '9') {
      return false;
    }
    Location where = cursor.location();
    String text = cursor.rest();
    int digits = 0;
    while (digits < text.length() && Character.isDigit(text.charAt(digits))) {
      digits++;
    }
    String number = text.substring(0, digits);
    if (digits > 9 || !text.substring(digits).stripLeading().startsWith(":")) {
      throw where.error(
          "a statement begins with no number; expected a local label like '1:'", text);
    }
    cursor.skip(digits);
    cursor.expect(':', "after the local label");
    symbols.localLabel(Integer.parseInt(number), where);
    return true;
  }

  private void assign(String name, Cursor cursor) {
    Expression value = new ExpressionParser(cursor, symbols).parse();
    cursor.expectEnd();
    if (name.equals(".")) {
      directives.moveTo(value, cursor.location());
    } else {
      symbols.assign(name, value, true, cursor.location());
    }
  }

  private void instruction(String first, Cursor cursor) {
    Location where = cursor.location();
    Prefixes prefixes = new Prefixes();
    String mnemonic = first;
    while (Prefixes.isPrefix(mnemonic)) {
      prefixes.add(mnemonic, bits, where);
      String next = cursor.name();
      mnemonic = next == null ? "" : next.toLowerCase(Locale.ROOT);
    }
    checkMnemonic(mnemonic, where);
    program.add(
        encoder.encode(
            new Instruction(
                where, bits, prefixes, mnemonic, new OperandParser(cursor, symbols).parseAll())));
  }

  /** The engine sees no other mnemonics, so no directive of its own. */
  private static void checkMnemonic(String mnemonic, Location where) {
    for (int i = 0; i < mnemonic.length(); i++) {
      char c = mnemonic.charAt(i);
      if ((c < 'a' || c > 'z') && (c < '0' || c > '9')) {
        throw where.error("not the name of an instruction", mnemonic);
      }
    }
  }
}
