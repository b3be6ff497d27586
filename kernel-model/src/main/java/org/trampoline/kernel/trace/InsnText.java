package org.trampoline.kernel.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.decode.CodeBytes;
import org.trampoline.emulator.decode.Decoder;
import org.trampoline.emulator.decode.Disassembler;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.kernel.layout.Hex;

/** Instructions as text: address, bytes, AT&amp;T. */
public final class InsnText {
  private final Decoder decoder;
  private final Disassembler disassembler;

  /** Text for people who know no symbols. */
  public InsnText() {
    this(value -> null);
  }

  /**
   * Text with symbols.
   *
   * @param symbols the name that is to stand for a value, or null
   */
  public InsnText(IntFunction<String> symbols) {
    InstructionTable table = InstructionTable.get();
    decoder = new Decoder(table, CpuModel.MAX.features());
    disassembler =
        new Disassembler(table, CpuModel.MAX.features(), Disassembler.Syntax.ATT, symbols);
  }

  /**
   * An instruction.
   *
   * @param address linear
   */
  public record Line(int address, List<Byte> code, String text) {
    /** {@code 00100000 89 d0 mov %edx,%eax}, the text from a column on. */
    public StringBuilder at(int column) {
      StringBuilder line = new StringBuilder(100);
      line.append(Hex.word(address)).append("  ");
      for (byte b : code) {
        line.append(Hex.digits(b, 2)).append(' ');
      }
      pad(line, column);
      return line.append(text);
    }
  }

  /** The instruction at a linear address. */
  public Line line(Engine engine, int linear, CodeBytes bytes) {
    Insn insn = decoder.decode(bytes, engine.code32());
    List<Byte> code = new ArrayList<>();
    for (int i = 0; i < insn.length; i++) {
      code.add((byte) bytes.at(i));
    }
    return new Line(linear, code, disassembler.disassemble(insn, bytes, engine.code32(), linear));
  }

  /** Appends spaces up to a column, at least one. */
  public static void pad(StringBuilder text, int column) {
    do {
      text.append(' ');
    } while (text.length() < column);
  }
}
