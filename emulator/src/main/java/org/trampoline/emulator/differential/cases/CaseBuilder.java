package org.trampoline.emulator.differential.cases;

import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.decode.Decoder;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.memory.Host;

/** Puts a case of one's own making into a batch: all registers 0, flat segments, IF set. */
public final class CaseBuilder {
  private static final Decoder DECODER =
      new Decoder(InstructionTable.get(), CpuModel.MAX.features());

  private final long record;

  private CaseBuilder(long record) {
    this.record = record;
  }

  /**
   * Adds a run of one case.
   *
   * @param code the instruction's bytes, at most 15
   * @throws IllegalStateException if the batch is full
   */
  public static CaseBuilder add(CaseBatch batch, int... code) {
    if (!batch.hasRoom(1)) {
      throw new IllegalStateException("the batch is full");
    }
    CaseRun run = batch.next(false);
    run.length = code.length;
    for (int i = 0; i < code.length; i++) {
      run.code[i] = (byte) code[i];
    }
    Insn insn = DECODER.decode(i -> i < code.length ? code[i] & 0xff : 0, true);
    long record = batch.record(run.first);
    for (int i = 0; i < batch.stride(); i += 8) {
      Host.put64(record + i, 0);
    }
    CaseRecord.start(record, run.at, Eflags.FIXED | Eflags.IF);
    batch.add(run, insn.form, insn, 1);
    return new CaseBuilder(record);
  }

  /** Sets 4 bytes of the record: an offset of {@link CaseRecord}. */
  public CaseBuilder set(int offset, int value) {
    Host.put32(record + offset, value);
    return this;
  }
}
