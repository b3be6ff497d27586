package org.trampoline.emulator.differential.cases;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.decode.Decoder;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.decode.Operation;

/**
 * Executes a sequence's instructions one by one, each as a case of its own from the state and the
 * memory that our machine has left before it, to name the first that an oracle finds wrong.
 */
final class SequenceSteps implements AutoCloseable {
  private final CaseComparison comparison;
  private final CaseBatch batch = new CaseBatch();
  private final Decoder decoder = new Decoder(InstructionTable.get(), CpuModel.MAX.features());
  private List<Erratum> errata = List.of();

  SequenceSteps(Oracle ours, Oracle theirs) {
    comparison = new CaseComparison(ours, theirs);
  }

  /** The first instruction that differs, as a case of its own; null if none does. */
  CaseDivergence firstWrong(CaseDivergence sequence) {
    errata = List.of();
    int at = sequence.at();
    CaseProgram program = CaseProgram.decode(decoder, sequence.code(), at);
    byte[] state = sequence.before().clone();
    MemorySegment data = MemorySegment.ofArray(sequence.data().clone());
    CaseDivergence[] found = new CaseDivergence[1];
    for (int step = 0; step < MachineOracle.MOST_STEPS; step++) {
      ByteBuffer view = ByteBuffer.wrap(state).order(ByteOrder.LITTLE_ENDIAN);
      int eip = view.getInt(CaseRecord.EIP);
      boolean completed = (view.getShort(CaseRecord.VECTOR) & 0xffff) == CaseRecord.NO_FAULT;
      int index = program.indexAt(eip - at);
      if (!completed || index < 0) {
        return null;
      }
      CaseProgram.Item item = program.items().get(index);
      if (item.insn().operation == Operation.INT3) {
        return null;
      }
      int from = program.offset(index);
      byte[] code = Arrays.copyOfRange(sequence.code(), from, from + item.bytes().length);
      long errataBefore = comparison.errata().total();
      batch.single(CaseBatch.Mode.TRAP, eip, code, state, data);
      comparison.run(batch, d -> found[0] = d);
      if (found[0] != null) {
        return found[0];
      }
      if (comparison.errata().total() != errataBefore) {
        errata = new ArrayList<>(comparison.errata().last());
        return null;
      }
      MemorySegment.copy(
          comparison.ourResults().records(), ValueLayout.JAVA_BYTE, 0, state, 0, state.length);
      MemorySegment.copy(comparison.ourResults().data(), 0, data, 0, CaseWorld.DATA_SIZE);
    }
    return null;
  }

  /** The errata that explain an instruction that the sequence came to; none if there was none. */
  List<Erratum> errata() {
    return errata;
  }

  @Override
  public void close() {
    comparison.close();
    batch.close();
  }
}
