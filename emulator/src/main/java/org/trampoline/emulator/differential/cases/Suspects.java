package org.trampoline.emulator.differential.cases;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Insn;

/**
 * The cases of a batch that most likely are why two results of it do not agree: those whose records
 * differ without an explanation, and where memory differs those that an erratum lets differ there.
 * Executed alone they tell; without them the rest of the batch mostly agrees.
 */
final class Suspects {
  /** Bytes that an instruction may change around an address that it names: FXSAVE's 512. */
  private static final int REACH = 512;

  private final ErrataList errata;
  private final BitSet changed = new BitSet();
  private int[] cases = new int[16];
  private int count;

  Suspects(ErrataList errata) {
    this.errata = errata;
  }

  /** Forgets all. */
  void clear() {
    count = 0;
  }

  /** Notes a case; to be called in the order of the cases. */
  void add(int index) {
    if (count == cases.length) {
      cases = java.util.Arrays.copyOf(cases, 2 * count);
    }
    cases[count++] = index;
  }

  /** Their indices in the batch, ascending. */
  int[] toArray() {
    return java.util.Arrays.copyOf(cases, count);
  }

  /** Adds those that may have changed the bytes in which the memory of two results differs. */
  void addByMemory(CaseBatch batch, CaseResults ours, CaseResults theirs) {
    differing(ours.data(), theirs.data());
    int[] noted = toArray();
    int next = 0;
    count = 0;
    for (int i = 0; i < batch.runs(); i++) {
      CaseRun run = batch.run(i);
      boolean may = run.program == null && errata.mayChangeMemory(run.form);
      for (int k = run.first; k < run.first + run.count; k++) {
        boolean isNoted = next < noted.length && noted[next] == k;
        next += isNoted ? 1 : 0;
        long before = batch.record(k);
        if (isNoted
            || may
                && changesNear(run.insn, before)
                && errata.changesMemory(run.insn, before, ours.record(k), theirs.record(k))) {
          add(k);
        }
      }
    }
  }

  private void differing(MemorySegment a, MemorySegment b) {
    changed.clear();
    long end = a.byteSize();
    for (long at = 0; at < end; at++) {
      long next = MemorySegment.mismatch(a, at, end, b, at, end);
      if (next < 0) {
        return;
      }
      at += next;
      changed.set((int) at);
    }
  }

  private boolean changesNear(Insn insn, long before) {
    boolean memory = insn.kind0 == Insn.MEM || insn.kind1 == Insn.MEM || insn.kind2 == Insn.MEM;
    return near(CaseSegments.stack(before))
        || memory && near(CaseSegments.operand(insn, before))
        || near(CaseSegments.linear(before, insn.segment, Cpu.EDI));
  }

  private boolean near(int linear) {
    int offset = linear - CaseWorld.DATA;
    int from = changed.nextSetBit(Math.clamp((long) offset - REACH, 0, CaseWorld.DATA_SIZE));
    return from >= 0 && from < (long) offset + REACH;
  }
}
