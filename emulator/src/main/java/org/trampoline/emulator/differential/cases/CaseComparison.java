package org.trampoline.emulator.differential.cases;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.trampoline.emulator.decode.Operation;
import org.trampoline.emulator.fault.Vector;
import org.trampoline.emulator.memory.Host;

/**
 * Has batches executed by our machine and by an oracle, and finds the cases in which they differ.
 * Results are compared case by case, memory once for the batch. Where something differs that no
 * erratum explains, {@link Suspects} are executed again alone and what lies between them by itself;
 * if that does not agree, its halves, and halves of those, until the case is alone. Each part
 * starts from the memory that our machine has left before it.
 */
public final class CaseComparison implements AutoCloseable {
  // offsets in an FXSAVE image (SDM vol. 1, table 10-2)
  private static final int POINTERS = 6;
  private static final int MXCSR = 24;
  private static final int MXCSR_MASK = 28;
  private static final int REGISTERS = 32;
  private static final int REGISTER_SIZE = 10;
  private static final int XMM = 160;

  private static final int SLOTS_END = CaseWorld.CODE + CaseWorld.CODE_SIZE;
  private static final int DATA_END = CaseWorld.DATA + CaseWorld.DATA_MAPPED;

  private final Oracle ours;
  private final Oracle theirs;
  private final ErrataList errata;
  private final Suspects suspects;
  private final CaseResults ourResults;
  private final CaseResults theirResults;
  private final CaseBatch part = new CaseBatch();
  private final MemorySegment data = MemorySegment.ofArray(new byte[CaseWorld.DATA_SIZE]);
  private long cases;
  private long faults;
  private long undecided;

  /** For sequences that differ; made when the first does. */
  private SequenceSteps steps;

  /** Compares two oracles, which stay the caller's. */
  public CaseComparison(Oracle ours, Oracle theirs) {
    this(ours, theirs, new ErrataList(theirs));
  }

  /** The same, with other errata than those of the list. */
  CaseComparison(Oracle ours, Oracle theirs, ErrataList errata) {
    this.ours = ours;
    this.theirs = theirs;
    ours.show(theirs.gdt());
    ourResults = ours.results();
    theirResults = theirs.results();
    this.errata = errata;
    suspects = new Suspects(errata);
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
    for (int i = 0; i < batch.runs(); i++) {
      batch.run(i).definesAll = theirs.definesAll();
    }
    execute(batch);
    cases += batch.cases();
    for (int i = 0; i < batch.cases(); i++) {
      int vector = CaseRecord.vector(ourResults.record(i));
      faults += vector != CaseRecord.NO_FAULT ? 1 : 0;
    }
    if (theirResults.broken() >= 0) {
      MemorySegment.copy(batch.data(), 0, data, 0, CaseWorld.DATA_SIZE);
      around(batch, 0, batch.cases(), theirResults.broken(), found);
    } else if (!agree(batch)) {
      MemorySegment.copy(batch.data(), 0, data, 0, CaseWorld.DATA_SIZE);
      interrogate(batch, found);
    }
  }

  private void interrogate(CaseBatch batch, Consumer<CaseDivergence> found) {
    int[] alone = suspects.toArray();
    if (alone.length == 0) {
      divide(batch, 0, batch.cases(), found);
      return;
    }
    int from = 0;
    for (int suspect : alone) {
      examine(batch, from, suspect, found);
      examine(batch, suspect, suspect + 1, found);
      from = suspect + 1;
    }
    examine(batch, from, batch.cases(), found);
  }

  private void execute(CaseBatch batch) {
    ourResults.fit(batch);
    theirResults.fit(batch);
    theirs.begin(batch);
    ours.run(batch, ourResults);
    theirs.run(batch, theirResults);
  }

  /**
   * Executes what comes before a case in which the oracle broke down, and what comes behind its
   * run: with the same encoding it would most likely break down again, which takes long.
   */
  private void around(CaseBatch batch, int from, int to, int at, Consumer<CaseDivergence> found) {
    examine(batch, from, at, found);
    part.part(batch, at, at + 1, data);
    CaseRun run = part.run(0);
    ours.run(part, ourResults);
    theirResults.breakAt(0);
    Set<StateField> fields = EnumSet.of(StateField.ORACLE);
    List<Erratum> showing = run.program == null ? explaining(part, run, 0, fields) : null;
    MemorySegment.copy(ourResults.data(), 0, data, 0, CaseWorld.DATA_SIZE);
    if (showing != null) {
      errata.count(showing);
    } else {
      found.accept(divergence(run, fields, -1));
    }
    CaseRun broken = batch.runOf(at);
    int rest = Math.min(broken.first + broken.count, to);
    undecided += rest - at - 1;
    examine(batch, rest, to, found);
  }

  /** Executes the halves of a part that does not agree; {@link #data} is the memory before it. */
  private void divide(CaseBatch batch, int from, int to, Consumer<CaseDivergence> found) {
    int middle = (from + to) >>> 1;
    if (middle > from) {
      examine(batch, from, middle, found);
    }
    examine(batch, middle, to, found);
  }

  private void examine(CaseBatch batch, int from, int to, Consumer<CaseDivergence> found) {
    if (from == to) {
      return;
    }
    part.part(batch, from, to, data);
    execute(part);
    if (theirResults.broken() >= 0) {
      around(batch, from, to, from + theirResults.broken(), found);
    } else if (to - from == 1) {
      alone(found);
    } else if (agree(part)) {
      MemorySegment.copy(ourResults.data(), 0, data, 0, CaseWorld.DATA_SIZE);
    } else {
      divide(batch, from, to, found);
    }
  }

  /**
   * Whether the results of a batch agree, memory included, or errata explain why not. Only if so
   * the errata are counted; if not, the suspects are named.
   */
  private boolean agree(CaseBatch batch) {
    suspects.clear();
    List<List<Erratum>> explained = new ArrayList<>();
    long none = 0;
    boolean agree = true;
    int i = -1;
    while ((i = ResultComparison.mismatch(batch, ourResults, theirResults, i + 1)) >= 0) {
      CaseRun run = batch.runOf(i);
      if (undecided(batch, run, i)) {
        none++;
        continue;
      }
      List<Erratum> showing =
          run.program != null || isElsewhere(batch, i)
              ? null
              : explaining(batch, run, i, fields(batch, run, i));
      if (showing == null) {
        suspects.add(i);
        agree = false;
      } else {
        explained.add(showing);
      }
    }
    if (ourResults.data().mismatch(theirResults.data()) >= 0) {
      suspects.addByMemory(batch, ourResults, theirResults);
      agree = false;
    }
    agree &= !expectationBroken(batch);
    if (agree) {
      explained.forEach(errata::count);
      undecided += none;
    }
    return agree;
  }

  /** Whether ours is not what it must be in a case of which the oracle is no judge. */
  private boolean expectationBroken(CaseBatch batch) {
    for (int i = 0; i < batch.runs(); i++) {
      CaseRun run = batch.run(i);
      if (run.program == null && errata.expects(run.form)) {
        for (int k = run.first; k < run.first + run.count; k++) {
          if (errata.isBroken(run.insn, batch.record(k), ourResults.record(k))) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /** Judges the only case of {@link #part}; {@link #data} is the memory behind it then. */
  private void alone(Consumer<CaseDivergence> found) {
    if (isElsewhere(part, 0)) {
      part.oneByOne();
      execute(part);
    }
    CaseRun run = part.run(0);
    long memory = ourResults.data().mismatch(theirResults.data());
    // now, as whoever is told of a divergence may execute others
    MemorySegment.copy(ourResults.data(), 0, data, 0, CaseWorld.DATA_SIZE);
    if (undecided(part, run, 0)) {
      undecided++;
    } else {
      Set<StateField> fields = fields(part, run, 0);
      if (memory >= 0) {
        memoryFields(run, memory, fields);
      }
      if (expectationBroken(part)) {
        fields.add(StateField.MANUAL);
        found.accept(divergence(run, fields, memory));
      } else if (run.program != null) {
        sequence(run, fields, memory, found);
      } else if (!fields.isEmpty()) {
        List<Erratum> showing = explaining(part, run, 0, fields);
        if (showing != null) {
          errata.count(showing);
        } else {
          found.accept(divergence(run, fields, memory));
        }
      }
    }
  }

  /** What the differing bytes of memory are: of an image that FXSAVE has stored, or any. */
  private void memoryFields(CaseRun run, long first, Set<StateField> fields) {
    if (run.program != null || run.insn.operation != Operation.FXSAVE) {
      fields.add(StateField.MEMORY);
      return;
    }
    int image = CaseSegments.operand(run.insn, part.record(0)) - CaseWorld.DATA;
    MemorySegment our = ourResults.data();
    MemorySegment their = theirResults.data();
    long end = our.byteSize();
    for (long at = first; at < end; at++) {
      long next = MemorySegment.mismatch(our, at, end, their, at, end);
      if (next < 0) {
        return;
      }
      at += next;
      long offset = at - image;
      if (offset >= MXCSR_MASK && offset < MXCSR_MASK + 4) {
        fields.add(StateField.MXCSR_MASK);
      } else if (offset >= POINTERS && offset < MXCSR
          || offset >= REGISTERS && offset < XMM && (offset & 15) >= REGISTER_SIZE) {
        fields.add(StateField.FXSAVE_REST);
      } else {
        fields.add(StateField.MEMORY);
      }
    }
  }

  /** Looks for the instruction of a sequence that is wrong: a case of its own, if there is one. */
  private void sequence(
      CaseRun run, Set<StateField> fields, long memory, Consumer<CaseDivergence> found) {
    if (fields.isEmpty()) {
      return; // it does not show when the case is alone
    }
    CaseDivergence whole = divergence(run, fields, memory);
    List<Erratum> ofAll =
        errata.explainingSequence(
            run.program, fields, ourResults.record(0), theirResults.record(0));
    if (steps == null) {
      steps = new SequenceSteps(ours, theirs);
    }
    CaseDivergence wrong = steps.firstWrong(whole);
    List<Erratum> showing = steps.errata();
    if (wrong == null && showing.isEmpty()) {
      showing = ofAll;
    }
    if (wrong == null && showing != null) {
      errata.count(showing);
    } else {
      found.accept(wrong == null ? whole : wrong);
    }
  }

  private Set<StateField> fields(CaseBatch batch, CaseRun run, int index) {
    return FieldComparison.differing(
        run, batch.fx(), batch.record(index), ourResults.record(index), theirResults.record(index));
  }

  private List<Erratum> explaining(
      CaseBatch batch, CaseRun run, int index, Set<StateField> fields) {
    return errata.explaining(
        run, fields, batch.record(index), ourResults.record(index), theirResults.record(index));
  }

  /** Whether the oracle has nothing to say: no result, or of code that was not the case's. */
  private boolean undecided(CaseBatch batch, CaseRun run, int index) {
    int vector = CaseRecord.vector(theirResults.record(index));
    return vector == CaseRecord.NO_RESULT
        || vector == CaseRecord.SYSTEM_CALL
        || strayed(run, ourResults.record(index))
        || CaseRecord.vector(ourResults.record(index)) == CaseRecord.NO_RESULT
        || run.system && FieldComparison.stepping(ourResults.record(index))
        || run.system
            && withoutStack(
                batch.record(index), ourResults.record(index), theirResults.record(index));
  }

  /** Whether only one side could not deliver an exception, on a stack where nobody could. */
  private static boolean withoutStack(long record, long ours, long theirs) {
    boolean one =
        (CaseRecord.vector(ours) == CaseRecord.SHUTDOWN)
            != (CaseRecord.vector(theirs) == CaseRecord.SHUTDOWN);
    int esp = Host.get32(record + CaseRecord.ESP) - CaseWorld.DATA;
    return one && (esp < TrapFrame.SIZE || esp > CaseWorld.DATA_SIZE);
  }

  /** Whether it has faulted on what only an oracle has that makes a chain of the batch. */
  private boolean isElsewhere(CaseBatch batch, int index) {
    long result = ourResults.record(index);
    int inChain = Host.get32(result + CaseRecord.ADDRESS) - CaseWorld.CHAIN;
    return batch.mode() == CaseBatch.Mode.CHAIN
        && CaseRecord.vector(result) == Vector.PF
        && Integer.compareUnsigned(inChain + 0x1000, CaseWorld.CHAIN_SIZE + 0x2000) < 0;
  }

  /** Whether it has jumped into what may not be the same on both sides: other code, or data. */
  private static boolean strayed(CaseRun run, long result) {
    int eip = Host.get32(result + CaseRecord.EIP);
    if (run.program != null) {
      boolean within = eip >= run.at && eip <= run.at + run.length;
      return !within
          && (isIn(eip, CaseWorld.SLOTS, SLOTS_END) || isIn(eip, CaseWorld.DATA, DATA_END));
    }
    return isIn(eip, CaseWorld.SLOTS, SLOTS_END)
        && (eip < run.at - CaseBatch.SHORT_REACH || eip > run.at + CaseBatch.SHORT_REACH);
  }

  private static boolean isIn(int linear, int from, int to) {
    return linear >= from && linear < to;
  }

  /** Describes the only case of {@link #part}. */
  private CaseDivergence divergence(CaseRun run, Set<StateField> fields, long memory) {
    long before = part.record(0);
    long our = ourResults.record(0);
    long their = theirResults.record(0);
    int size = part.fx() ? CaseRecord.FX + CaseRecord.FX_USED : CaseRecord.SIZE;
    size = run.system ? SystemRecord.END : size;
    boolean differs = memory >= 0;
    return new CaseDivergence(
        run.form,
        part.mode(),
        run.round,
        run.skipped,
        fields,
        run.at,
        run.code(),
        copy(before, size),
        part.data().asSlice(0, CaseWorld.DATA_SIZE).toArray(ValueLayout.JAVA_BYTE),
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

  /** What our machine made of the last batch. */
  CaseResults ourResults() {
    return ourResults;
  }

  @Override
  public void close() {
    if (steps != null) {
      steps.close();
    }
    part.close();
    ourResults.close();
    theirResults.close();
  }
}
