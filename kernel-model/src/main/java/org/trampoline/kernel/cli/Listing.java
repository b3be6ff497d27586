package org.trampoline.kernel.cli;

import java.lang.foreign.ValueLayout;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.decode.CodeBytes;
import org.trampoline.emulator.decode.Decoder;
import org.trampoline.emulator.decode.Disassembler;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.engine.Engine;

/** Instructions in an engine's memory as text: address, bytes, AT&amp;T. */
public final class Listing {
  private static final int TEXT_COLUMN = 36;

  private final Decoder decoder;
  private final Disassembler disassembler;

  public Listing() {
    InstructionTable table = InstructionTable.get();
    decoder = new Decoder(table, CpuModel.PENTIUM4.features());
    disassembler = new Disassembler(table, CpuModel.PENTIUM4.features(), Disassembler.Syntax.ATT);
  }

  /**
   * {@code 00100000 89 d0 mov %edx,%eax}.
   *
   * @param linear where the instruction is, for the reader
   * @param physical where its bytes lie in RAM; they are taken to lie in one piece
   */
  public String line(Engine engine, int linear, long physical) {
    return line(engine, linear, bytes(engine, physical));
  }

  /** The same for bytes that lie anywhere. */
  String line(Engine engine, int linear, CodeBytes bytes) {
    Insn insn = decoder.decode(bytes, engine.code32());
    StringBuilder text = new StringBuilder(80).append(Numbers.hex(linear)).append("  ");
    for (int i = 0; i < insn.length; i++) {
      int value = bytes.at(i);
      text.append(Character.forDigit(value >> 4, 16));
      text.append(Character.forDigit(value & 15, 16)).append(' ');
    }
    pad(text, TEXT_COLUMN);
    return text.append(disassembler.disassemble(insn, bytes, engine.code32(), linear)).toString();
  }

  private static CodeBytes bytes(Engine engine, long physical) {
    return offset -> {
      long at = physical + offset;
      return at < engine.ram().byteSize()
          ? engine.ram().get(ValueLayout.JAVA_BYTE, at) & 0xff
          : 0xff;
    };
  }

  /** Appends spaces up to a column, at least one. */
  static void pad(StringBuilder text, int column) {
    do {
      text.append(' ');
    } while (text.length() < column);
  }
}
