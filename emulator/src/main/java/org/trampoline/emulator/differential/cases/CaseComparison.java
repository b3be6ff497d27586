package org.trampoline.emulator.differential.cases;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;
import org.trampoline.emulator.memory.Host;

/**
 * Has batches executed by our machine and by an oracle, and finds the cases in which they differ.
 * Results are compared case by case; memory once for the batch, and only if that differs each case
 * is executed again alone, so that the one that stores something else is found.
 */
public final class CaseComparison implements AutoCloseable {
  private final Oracle ours;
  private final Oracle theirs;
  private final ErrataList errata;
  private final CaseResults ourResults = new CaseResults();
  private final CaseResults theirResults = new CaseResults();
  private final CaseBatch single = new CaseBatch();
  private long cases;
  private long faults;
  private long undecided;

  /** Compares two oracles, which stay the caller's. */
  public CaseComparison(Oracle ours, Oracle theirs) {
    this.ours = ours;
    this.theirs = theirs;
    errata = new ErrataList(theirs);
  }

  /** Cases compared so far. */
  public long cases() {
    return cases;
  }

  /** How many of them raised an exception on our machine. */
  public long faults() {
    return faults;
  }

  /** How many of them the oracle had no result for. */
  public long undecided() {
    return undecided;
  }

  /** The oracle's errata, with the number of cases they explain. */
  public ErrataList errata() {
    return errata;
  }

  /** Compares a batch; divergences go to {@code found} in the order of the cases. */
  public void run(CaseBatch batch, Consumer<CaseDivergence> found) {
    execute(batch);
    cases += batch.cases();
    for (int i = 0; i < batch.cases(); i++) {
      int vector = CaseRecord.vector(ourResults.record(i));
      faults += vector != CaseRecord.NO_FAULT ? 1 : 0;
    }
    if (ourResults.data().mismatch(theirResults.data()) >= 0 || !judge(batch)) {
      isolate(batch, found);
    }
  }

  /** Whether all of a batch's results agree, or errata explain why not. */
  private boolean judge(CaseBatch batch) {
    int i = -1;
    while ((i = ResultComparison.mismatch(batch, ourResults, theirResults, i + 1)) >= 0) {
      if (!judge(batch, batch.runOf(i), i, -1).isEmpty()) {
        return false;
      }
    }
    return true;
  }

  private void execute(CaseBatch batch) {
    ourResults.fit(batch);
    theirResults.fit(batch);
    ours.run(batch, ourResults);
    theirs.run(batch, theirResults);
  }

  /** Executes each case alone, from the memory that our machine has left before it. */
  private void isolate(CaseBatch batch, Consumer<CaseDivergence> found) {
    MemorySegment data = MemorySegment.ofArray(new byte[CaseWorld.DATA_SIZE]);
    MemorySegment.copy(batch.data(), 0, data, 0, CaseWorld.DATA_SIZE);
    for (int i = 0; i < batch.cases(); i++) {
      single.single(batch, i, data);
      execute(single);
      long memory = ourResults.data().mismatch(theirResults.data());
      Set<StateField> fields = judge(single, single.run(0), 0, memory);
      if (!fields.isEmpty()) {
        found.accept(divergence(i - batch.runOf(i).first, fields, memory));
      }
      MemorySegment.copy(ourResults.data(), 0, data, 0, CaseWorld.DATA_SIZE);
    }
  }

  /**
   * What differs in a case and no erratum explains; counts those that explain it.
   *
   * @param memory offset in the data of the first byte that differs, or -1
   */
  private Set<StateField> judge(CaseBatch batch, CaseRun run, int index, long memory) {
    long before = batch.record(index);
    long our = ourResults.record(index);
    long their = theirResults.record(index);
    Set<StateField> fields = EnumSet.noneOf(StateField.class);
    int vector = CaseRecord.vector(their);
    if (vector == CaseRecord.NO_RESULT || vector == CaseRecord.SYSTEM_CALL || strayed(run, our)) {
      undecided++;
      return fields;
    }
    fields.addAll(FieldComparison.differing(run.insn, batch.fx(), before, our, their));
    if (memory >= 0) {
      fields.add(StateField.MEMORY);
    }
    if (errata.explain(run.insn, fields, before, our, their)) {
      fields.clear();
    }
    return fields;
  }

  /** Whether it has jumped into another case's code, which the oracle may have executed. */
  private static boolean strayed(CaseRun run, long result) {
    int eip = Host.get32(result + CaseRecord.EIP);
    return eip >= CaseWorld.SLOTS
        && eip < CaseWorld.CODE + CaseWorld.CODE_SIZE
        && (eip < run.at - CaseBatch.SHORT_REACH || eip > run.at + CaseBatch.SHORT_REACH);
  }

  /** Describes the case of {@link #single}. */
  private CaseDivergence divergence(int index, Set<StateField> fields, long memory) {
    CaseBatch batch = single;
    CaseRun run = batch.run(0);
    long before = batch.record(0);
    long our = ourResults.record(0);
    long their = theirResults.record(0);
    int size = batch.fx() ? CaseRecord.FX + CaseRecord.FX_USED : CaseRecord.SIZE;
    boolean differs = memory >= 0;
    return new CaseDivergence(
        run.form,
        batch.mode(),
        run.round,
        index,
        fields,
        run.at,
        run.code(),
        copy(before, size),
        batch.data().asSlice(0, CaseWorld.DATA_SIZE).toArray(ValueLayout.JAVA_BYTE),
        copy(our, size),
        copy(their, size),
        differs ? CaseWorld.DATA + (int) memory : 0,
        differs ? ourResults.data().get(ValueLayout.JAVA_BYTE, memory) & 0xff : 0,
        differs ? theirResults.data().get(ValueLayout.JAVA_BYTE, memory) & 0xff : 0);
  }

  private static byte[] copy(long record, int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) Host.get8(record + i);
    }
    return bytes;
  }

  @Override
  public void close() {
    single.close();
    ourResults.close();
    theirResults.close();
  }
}
