package org.trampoline.emulator.differential.cases;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicLong;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.decode.Decoder;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.InstructionTable;

/**
 * Cases to be executed one after the other: off-heap records of the states before ({@link
 * CaseRecord}), the runs they belong to, the code, and the data all of them work on. What one case
 * stores the next ones find, so memory need be compared only once for the batch. Filled anew again
 * and again; nothing is allocated for a case.
 */
public final class CaseBatch implements AutoCloseable {
  /** How the cases of a batch may be executed. */
  public enum Mode {
    /** Straight-line instructions that rarely fault: oracles may put them into a loop. */
    CHAIN,
    /** Each case is entered by itself and ends by a trap: branches, page faults, system calls. */
    TRAP,
    /** The same, with violations of segment limits and types and of alignment (EFLAGS.AC). */
    PROTECTION,
    /** Each case is a program of some instructions, entered by itself, that ends by a trap. */
    SEQUENCE,
    /**
     * Each case is entered by itself in ring 0, from states of the system's registers, too ({@link
     * SystemRecord}); all exceptions go to ring 0 on the case's own stack.
     */
    SYSTEM;

    /** Whether single instructions of it are made to fault often. */
    boolean hostile() {
      return this == TRAP || this == PROTECTION || this == SYSTEM;
    }
  }

  /** Cases without and with an FXSAVE image at most. */
  public static final int CASES = 2048;

  public static final int CASES_FX = 1024;

  /** Distance of an instruction from its slot's start. */
  private static final int LEAD = 16;

  /** The room before and behind a branch of 8 bits, all {@code int3}. */
  static final int SHORT_REACH = 192;

  private static final long RECORDS_SIZE = (long) CASES_FX * CaseRecord.SIZE_FX;

  /** Bytes of a run where {@link #store} writes it. */
  private static final int RUN_STORED = 16;

  private static final byte INT3 = (byte) 0xcc;

  private static final AtomicLong CODES = new AtomicLong();

  private final Arena arena = Arena.ofShared();
  private final MemorySegment records = arena.allocate(RECORDS_SIZE, 64);
  private final MemorySegment code = arena.allocate(CaseWorld.CODE_SIZE, 4096);
  private final MemorySegment data = arena.allocate(CaseWorld.DATA_MAPPED, 4096);
  private final MemorySegment pristine = arena.allocate(CaseWorld.DATA_MAPPED, 4096);
  private final CaseRun[] runs = new CaseRun[CASES];
  private final Decoder decoder = new Decoder(InstructionTable.get(), CpuModel.MAX.features());
  private int runCount;
  private int cases;
  private int codeEnd = CaseWorld.SLOTS;
  private long codeNumber;
  private Mode mode = Mode.CHAIN;
  private boolean fx;

  public CaseBatch() {
    code.fill(INT3);
    CaseRandom random = new CaseRandom();
    random.seed(0, 0, 0);
    Values values = new Values(random);
    for (int i = 0; i < CaseWorld.DATA_MAPPED; i += 4) {
      pristine.set(java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED, i, values.word());
    }
    // a selector that may be loaded, should one be taken from here
    pristine.asSlice(CaseWorld.DATA_SIZE).fill((byte) 0);
    for (int i = CaseWorld.DATA_SIZE; i < CaseWorld.DATA_MAPPED; i += 8) {
      pristine.set(java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED, i, CaseWorld.USER_DATA);
    }
    for (int i = 0; i < runs.length; i++) {
      runs[i] = new CaseRun();
    }
    clear(Mode.CHAIN, false);
  }

  /**
   * Empties it.
   *
   * @param fx whether its records have FXSAVE images
   */
  public void clear(Mode mode, boolean fx) {
    this.mode = mode;
    this.fx = fx;
    code.asSlice(CaseWorld.SLOTS - CaseWorld.CODE, codeEnd - CaseWorld.SLOTS).fill(INT3);
    data.copyFrom(pristine);
    runCount = 0;
    cases = 0;
    codeEnd = CaseWorld.SLOTS;
    codeNumber = CODES.incrementAndGet();
  }

  /** Whether there is room for {@code count} more cases of one more run. */
  boolean hasRoom(int count) {
    return cases + count <= (stride() > CaseRecord.SIZE ? CASES_FX : CASES)
        && codeEnd + 2 * SHORT_REACH + SequenceGenerator.MAX_CODE
            < CaseWorld.CODE + CaseWorld.CODE_SIZE;
  }

  /** The next run, in place but not yet counted: {@link #add} does that. */
  CaseRun next(boolean shortBranch) {
    CaseRun run = runs[runCount];
    run.at = codeEnd + (shortBranch ? SHORT_REACH : LEAD);
    run.first = cases;
    return run;
  }

  /** Takes the run that {@link #next} gave, filled with {@code count} cases. */
  void add(CaseRun run, Form form, Insn insn, int count) {
    run.program = null;
    take(run, form, insn, count);
  }

  /** The same for a program. */
  void add(CaseRun run, CaseProgram program, int count) {
    Insn first = program.items().getFirst().insn();
    run.program = program;
    take(run, first.form, first, count);
  }

  private void take(CaseRun run, Form form, Insn insn, int count) {
    run.form = form;
    run.insn = insn;
    run.system = mode == Mode.SYSTEM;
    run.count = count;
    run.skipped = 0;
    int offset = run.at - CaseWorld.CODE;
    MemorySegment.copy(MemorySegment.ofArray(run.code), 0, code, offset, run.length);
    codeNumber = CODES.incrementAndGet();
    int lead = run.at - codeEnd;
    codeEnd = run.at + (lead == LEAD ? (run.length + LEAD + 63 & ~63) - LEAD : SHORT_REACH);
    runCount++;
    cases += count;
  }

  /**
   * Makes it a part of another batch.
   *
   * @param from the first case
   * @param to behind the last case
   * @param before the data they are to find
   */
  void part(CaseBatch other, int from, int to, MemorySegment before) {
    mode = other.mode;
    fx = other.fx;
    if (codeNumber != other.codeNumber) {
      int used = Math.max(codeEnd, other.codeEnd) - CaseWorld.CODE;
      MemorySegment.copy(other.code, 0, code, 0, used);
      codeEnd = other.codeEnd;
      codeNumber = other.codeNumber;
    }
    MemorySegment.copy(before, 0, data, 0, CaseWorld.DATA_SIZE);
    long size = (long) (to - from) * stride();
    MemorySegment.copy(other.records, (long) from * stride(), records, 0, size);
    runCount = 0;
    cases = to - from;
    for (int i = 0; i < other.runCount; i++) {
      CaseRun run = other.runs[i];
      int first = Math.max(run.first, from);
      int end = Math.min(run.first + run.count, to);
      if (first < end) {
        runs[runCount++].copyFrom(run, first - from, end - first, run.skipped + first - run.first);
      }
    }
  }

  /** Has cases that may be executed in a chain entered one by one. */
  void oneByOne() {
    mode = Mode.TRAP;
  }

  /**
   * Makes it one case, that of a divergence.
   *
   * @param at linear address of the code
   * @param before a record
   */
  void single(CaseDivergence divergence, int at, byte[] bytes, byte[] before, MemorySegment data) {
    single(divergence.mode(), at, bytes, before, data);
    runs[0].round = divergence.round();
    runs[0].skipped = divergence.index();
  }

  /** Makes it one case. */
  void single(Mode mode, int at, byte[] bytes, byte[] before, MemorySegment data) {
    clear(mode, mode == Mode.SYSTEM ? needsImage(bytes) : before.length > CaseRecord.SIZE);
    CaseRun run = next(false);
    run.at = at;
    run.round = 0;
    run.length = bytes.length;
    System.arraycopy(bytes, 0, run.code, 0, bytes.length);
    codeEnd = run.at - LEAD;
    decode(run, bytes);
    take(run, run.form, run.insn, 1);
    codeEnd = Math.max(codeEnd, run.at + SHORT_REACH);
    MemorySegment.copy(MemorySegment.ofArray(before), 0, records, 0, before.length);
    MemorySegment.copy(data, 0, this.data, 0, CaseWorld.DATA_SIZE);
  }

  private boolean needsImage(byte[] bytes) {
    return CaseKind.fx(decoder.decode(k -> k < bytes.length ? bytes[k] & 0xff : 0xcc, true).form);
  }

  /** Bytes that {@link #store} takes. */
  public static final long STORED =
      64 + (long) CASES * RUN_STORED + RECORDS_SIZE + CaseWorld.CODE_SIZE + CaseWorld.DATA_MAPPED;

  /**
   * Writes it into memory that another process reads.
   *
   * @param as the mode it is to have there
   */
  public void store(MemorySegment to, Mode as) {
    ByteBuffer out = to.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(as.ordinal()).putInt(fx ? 1 : 0).putInt(runCount).putInt(cases).putInt(codeEnd);
    for (int i = 0; i < runCount; i++) {
      CaseRun run = runs[i];
      out.putInt(run.at).putInt(run.length).putInt(run.first).putInt(run.count);
    }
    long at = 64 + (long) CASES * RUN_STORED;
    MemorySegment.copy(records, 0, to, at, (long) cases * stride());
    at += RECORDS_SIZE;
    MemorySegment.copy(code, 0, to, at, codeEnd - CaseWorld.CODE);
    MemorySegment.copy(data, 0, to, at + CaseWorld.CODE_SIZE, CaseWorld.DATA_MAPPED);
  }

  /** Becomes what {@link #store} has written. */
  public void load(MemorySegment from) {
    ByteBuffer in = from.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    Mode stored = Mode.values()[in.getInt()];
    clear(stored, in.getInt() != 0);
    int count = in.getInt();
    cases = in.getInt();
    codeEnd = in.getInt();
    codeNumber = CODES.incrementAndGet();
    long at = 64 + (long) CASES * RUN_STORED;
    MemorySegment.copy(from, at, records, 0, (long) cases * stride());
    at += RECORDS_SIZE;
    MemorySegment.copy(from, at, code, 0, codeEnd - CaseWorld.CODE);
    MemorySegment.copy(from, at + CaseWorld.CODE_SIZE, data, 0, CaseWorld.DATA_MAPPED);
    for (runCount = 0; runCount < count; runCount++) {
      CaseRun run = runs[runCount];
      run.at = in.getInt();
      run.length = in.getInt();
      run.first = in.getInt();
      run.count = in.getInt();
      run.skipped = 0;
      run.round = 0;
      MemorySegment.copy(
          code, run.at - CaseWorld.CODE, MemorySegment.ofArray(run.code), 0, run.length);
      decode(run, run.code());
    }
  }

  /** Finds out what the bytes of a run are. */
  private void decode(CaseRun run, byte[] bytes) {
    run.program = null;
    run.system = mode == Mode.SYSTEM;
    if (mode == Mode.SEQUENCE) {
      run.program = CaseProgram.decode(decoder, bytes, run.at);
      run.insn = run.program.items().getFirst().insn();
    } else {
      run.insn = decoder.decode(k -> k < bytes.length ? bytes[k] & 0xff : 0xcc, true);
    }
    run.form = run.insn.form;
  }

  public Mode mode() {
    return mode;
  }

  /** Whether its records have FXSAVE images. */
  public boolean fx() {
    return fx;
  }

  /** How many cases it has. */
  public int cases() {
    return cases;
  }

  /** How many runs its cases are of. */
  public int runs() {
    return runCount;
  }

  /** Run {@code i}, valid until {@link #clear}. */
  public CaseRun run(int i) {
    return runs[i];
  }

  /** The run that a case belongs to. */
  public CaseRun runOf(int index) {
    int low = 0;
    int high = runCount - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (runs[middle].first <= index) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return runs[low];
  }

  /** Bytes from a record to the next. */
  public int stride() {
    return fx || mode == Mode.SYSTEM ? CaseRecord.SIZE_FX : CaseRecord.SIZE;
  }

  /** Host address of case {@code i}'s record. */
  public long record(int i) {
    return records.address() + (long) i * stride();
  }

  /** The records, {@link #cases} × {@link #stride} bytes. */
  public MemorySegment records() {
    return records.asSlice(0, (long) cases * stride());
  }

  /** What is at {@link CaseWorld#CODE} before the first case, all of it. */
  public MemorySegment code() {
    return code;
  }

  /** Linear address behind the last code that is not {@code int3}. */
  public int codeEnd() {
    return codeEnd;
  }

  /** A number that other code than {@link #code} never has, in whatever batch it is. */
  public long codeNumber() {
    return codeNumber;
  }

  /** What is at {@link CaseWorld#DATA} before the first case, the read-only page included. */
  public MemorySegment data() {
    return data;
  }

  @Override
  public void close() {
    arena.close();
  }
}
