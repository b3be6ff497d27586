package org.trampoline.emulator.differential.cases;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.decode.Decoder;
import org.trampoline.emulator.decode.Disassembler;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.InstructionTable;

/**
 * A case that an oracle finds another result for than our machine, and no erratum explains: one
 * instruction, or a sequence that is wrong only as a whole. The byte arrays are copies in the
 * layout of {@link CaseRecord}.
 *
 * @param mode the batch it was in
 * @param round with form and mode it names the run, see {@link CaseGenerator#add}
 * @param index which case of the run
 * @param fields what differs
 * @param form of the instruction; of a sequence the first one's
 * @param at linear address of the code
 * @param code its bytes
 * @param before the state before, with an FXSAVE image if the form needs one
 * @param data what was at {@link CaseWorld#DATA} before; the read-only page excluded
 * @param ours the state after, by our machine
 * @param theirs the state after, by the oracle
 * @param memoryAt linear address of the first byte of memory that differs, 0 if none does
 * @param ourMemory our byte there
 * @param theirMemory the oracle's
 */
@SuppressWarnings("ArrayRecordComponent") // a plain carrier, compared by nobody
public record CaseDivergence(
    Form form,
    CaseBatch.Mode mode,
    long round,
    int index,
    Set<StateField> fields,
    int at,
    byte[] code,
    byte[] before,
    byte[] data,
    byte[] ours,
    byte[] theirs,
    int memoryAt,
    int ourMemory,
    int theirMemory) {

  /** Whether it is a sequence, none of whose instructions differs by itself. */
  public boolean isSequence() {
    return mode == CaseBatch.Mode.SEQUENCE;
  }

  /** Whether x87, MMX and SSE registers are a part of its states. */
  boolean hasImage() {
    return before.length > CaseRecord.SIZE && (mode != CaseBatch.Mode.SYSTEM || CaseKind.fx(form));
  }

  /**
   * An instruction of the case.
   *
   * @param address linear
   * @param text in AT&T syntax
   */
  public record Line(int address, byte[] bytes, String text) {}

  /** Its instructions, one or those of the sequence. */
  public List<Line> listing() {
    var decoder = new Decoder(InstructionTable.get(), CpuModel.MAX.features());
    var disassembler =
        new Disassembler(InstructionTable.get(), CpuModel.MAX.features(), Disassembler.Syntax.ATT);
    List<Line> lines = new ArrayList<>();
    int offset = 0;
    for (CaseProgram.Item item : CaseProgram.decode(decoder, code, at).items()) {
      int from = offset;
      String text =
          disassembler.disassemble(item.insn(), k -> code[from + k] & 0xff, true, at + from);
      lines.add(new Line(at + from, item.bytes(), text));
      offset += item.bytes().length;
    }
    return lines;
  }

  /** The mnemonics of a sequence's instructions, in the table's words. */
  public String mnemonics() {
    var decoder = new Decoder(InstructionTable.get(), CpuModel.MAX.features());
    return String.join(
        "; ",
        CaseProgram.decode(decoder, code, at).items().stream()
            .map(item -> item.insn().form.mnemonic())
            .toList());
  }

  @Override
  public String toString() {
    return RecordText.of(this);
  }
}
