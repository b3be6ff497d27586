package org.trampoline.emulator.decode;

import java.util.Set;
import java.util.function.IntFunction;
import org.trampoline.emulator.cpu.CpuFeature;

/**
 * Prints instructions as GNU objdump does, in AT&amp;T or Intel syntax. The text is derived from
 * the instruction table; {@link Mnemonics} has what differs from it. Bytes that are no instruction
 * (neither here nor for objdump) print as {@code (bad)}.
 */
public final class Disassembler {
  /** The two ways to write 80386 assembly. */
  public enum Syntax {
    /** As gas and the Linux kernel write it: {@code movl $1,(%eax)}. */
    ATT,
    /** As the SDM writes it: {@code mov DWORD PTR [eax],0x1}. */
    INTEL
  }

  private final Decoder decoder;
  private final Syntax syntax;
  private final IntFunction<String> symbols;

  /** A disassembler for a CPU that has {@code features}, without symbols. */
  public Disassembler(InstructionTable table, Set<CpuFeature> features, Syntax syntax) {
    this(table, features, syntax, address -> null);
  }

  /**
   * A disassembler for a CPU that has {@code features}.
   *
   * @param symbols the name of a branch target's address, printed behind it as {@code <name>}, or
   *     null if it has none
   */
  public Disassembler(
      InstructionTable table,
      Set<CpuFeature> features,
      Syntax syntax,
      IntFunction<String> symbols) {
    this.decoder = new Decoder(table, features);
    this.syntax = syntax;
    this.symbols = symbols;
  }

  /** The text of the instruction at {@code address}, whose bytes are {@code bytes}. */
  public String disassemble(CodeBytes bytes, boolean code32, int address) {
    return disassemble(decoder.decode(bytes, code32), bytes, code32, address);
  }

  /**
   * The text of a decoded instruction.
   *
   * @param insn what {@code bytes} were decoded to
   * @param bytes its bytes
   * @param code32 the mode it was decoded for
   * @param address where it is; branch targets are relative to its end
   */
  public String disassemble(Insn insn, CodeBytes bytes, boolean code32, int address) {
    if (insn.operation == Operation.UNDEFINED || insn.operation == Operation.TOO_LONG) {
      return "(bad)";
    }
    Spelling spelling = new Spelling(insn, bytes, code32, address, symbols);
    StringBuilder operands = new StringBuilder();
    String mnemonic;
    if (syntax == Syntax.ATT) {
      mnemonic = Mnemonics.att(spelling);
      AttOperands.print(spelling, operands);
    } else {
      mnemonic = Mnemonics.intel(spelling);
      IntelOperands.print(spelling, operands);
    }
    StringBuilder text = new StringBuilder();
    spelling.unusedPrefixes(text, syntax);
    if (insn.form.has(Attribute.UNLISTED)) {
      return text.append("(bad)").toString();
    }
    text.append(mnemonic);
    if (!operands.isEmpty()) {
      while (text.length() < 6) {
        text.append(' ');
      }
      text.append(' ').append(operands);
    }
    return text.toString();
  }
}
