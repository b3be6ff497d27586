package org.trampoline.emulator.differential;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.decode.Decoder;
import org.trampoline.emulator.decode.Disassembler;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.differential.cases.ErrataList;
import org.trampoline.emulator.differential.cases.Erratum;
import org.trampoline.emulator.differential.cases.LockstepRecords;
import org.trampoline.emulator.differential.cases.StateField;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.GuestPages;
import org.trampoline.emulator.engine.Register;
import org.trampoline.emulator.fault.Vector;

/**
 * Runs two engines one instruction at a time and compares them after each: general registers, eip,
 * eflags, segment selectors, LDTR, TR, control registers, the exception delivered with its error
 * code and address, the instructions counted and the memory written; from time to time and at the
 * end all of RAM.
 *
 * <p>Status flags that the instruction table says are undefined may differ; the first engine then
 * takes over the second's, so that everything after can be compared exactly.
 *
 * <pre>{@code
 * Comparison result = new Lockstep(machine, unicorn).run(1_000_000);
 * }</pre>
 *
 * <p>The engines keep running in step if each has its own memory, devices and host functions.
 */
public final class Lockstep {
  /** Steps between two comparisons of all of RAM. */
  private static final int WHOLE_MEMORY = 1 << 16;

  /** What can be written without changing the privilege level. */
  private static final Set<Register> REPAIRABLE =
      EnumSet.of(
          Register.EAX,
          Register.ECX,
          Register.EDX,
          Register.EBX,
          Register.ESP,
          Register.EBP,
          Register.ESI,
          Register.EDI,
          Register.EFLAGS,
          Register.CR2);

  private static final int ACCESSED_AND_DIRTY = 0x60;

  private final Engine first;
  private final Engine second;
  private final EngineState before;
  private final EngineState firstState;
  private final EngineState secondState;
  private final StepRecord firstStep;
  private final StepRecord secondStep;
  private final Decoder decoder = new Decoder(InstructionTable.get(), CpuModel.MAX.features());
  private final Disassembler disassembler =
      new Disassembler(InstructionTable.get(), CpuModel.MAX.features(), Disassembler.Syntax.ATT);
  private final GuestPages code;
  private final List<String> differences = new ArrayList<>();
  private final ErrataList list;
  private final LockstepRecords records = new LockstepRecords();
  private final Map<Erratum, Integer> errata = new HashMap<>();
  private volatile boolean stopRequested;
  private Optional<Erratum> erratum = Optional.empty();
  private int accessedBits;

  /** By how much the second engine's count of instructions is ahead. */
  private long lead;

  /**
   * @param first the engine under test
   * @param second the one it is compared with
   * @throws IllegalArgumentException if they have different amounts of RAM
   */
  public Lockstep(Engine first, Engine second) {
    if (first.ram().byteSize() != second.ram().byteSize()) {
      throw new IllegalArgumentException(
          "RAM of %d and of %d bytes: lockstep needs equal machines"
              .formatted(first.ram().byteSize(), second.ram().byteSize()));
    }
    this.first = first;
    this.second = second;
    list = new ErrataList(second.name(), second.label());
    code = new GuestPages(first.ram());
    before = EngineState.of(first);
    firstState = EngineState.of(first);
    secondState = EngineState.of(second);
    firstStep = new StepRecord(first);
    secondStep = new StepRecord(second);
  }

  /** Ends {@link #run} after the current instruction; may come from any thread. */
  public void requestStop() {
    stopRequested = true;
  }

  /**
   * Runs until the engines differ, both stop for the same reason, or the limit is reached.
   *
   * @param limit instructions at most; a fault counts as one
   */
  public Comparison run(long limit) {
    first.observe(firstStep);
    second.observe(secondStep);
    try {
      return compare(limit);
    } finally {
      first.observe(null);
      second.observe(null);
    }
  }

  private Comparison compare(long limit) {
    long start = first.instructions();
    lead = second.instructions() - start;
    firstState.read(first);
    secondState.read(second);
    copy(firstState, before);
    firstStep.clear(before);
    secondStep.clear(before);
    compareRegisters(0);
    compareAllMemory();
    if (!differences.isEmpty()) {
      return different(0);
    }
    for (long step = 1; ; step++) {
      if (stopRequested) {
        stopRequested = false;
        return equal(start, new StopReason.Requested());
      }
      if (step > limit) {
        return equal(start, new StopReason.InstructionLimit());
      }
      copy(firstState, before);
      firstStep.clear(before);
      secondStep.clear(before);
      long completed = first.instructions() - start;
      StopReason firstReason = first.run(1);
      StopReason secondReason = second.run(1);
      firstState.read(first);
      secondState.read(second);
      compareStep(firstReason, secondReason, second.instructions() - lead);
      boolean last = !(firstReason instanceof StopReason.InstructionLimit);
      if (differences.isEmpty() && (last || step % WHOLE_MEMORY == 0)) {
        compareAllMemory();
      }
      if (!differences.isEmpty()) {
        return different(completed);
      }
      if (last) {
        return equal(start, firstReason);
      }
    }
  }

  private Comparison equal(long start, StopReason reason) {
    compareAllMemory();
    return differences.isEmpty()
        ? new Comparison.Equal(
            first.instructions() - start, reason, accessedBits, Map.copyOf(errata))
        : different(first.instructions() - start);
  }

  private static void copy(EngineState from, EngineState to) {
    for (Register register : Register.values()) {
      to.set(register, from.get(register));
    }
  }

  private void compareStep(StopReason firstReason, StopReason secondReason, long secondCount) {
    if (!firstReason.equals(secondReason)) {
      differ("stopped", firstReason.toString(), secondReason.toString());
    }
    if (!firstStep.sameException(secondStep)) {
      differ("exception", exception(firstStep), exception(secondStep));
    }
    compareResults();
    if (differences.isEmpty() && first.instructions() != secondCount) {
      differ("instructions", Long.toString(first.instructions()), Long.toString(secondCount));
    }
    if (!differences.isEmpty()) {
      lookForErratum(firstReason.equals(secondReason));
    }
  }

  private void compareResults() {
    if (!firstState.sameAs(secondState)) {
      compareRegisters(allowUndefined());
    }
    compareWrites(firstStep);
    compareWrites(secondStep);
  }

  /**
   * If a known mistake of the second engine is behind the differences, gives it the first engine's
   * results. Where that makes both equal, the differences are forgotten and the erratum counted.
   */
  private void lookForErratum(boolean repairable) {
    Insn insn = firstStep.fetched ? decode() : null;
    if (insn == null) {
      return;
    }
    erratum = Optional.ofNullable(list.behind(records, insn, fields()));
    if (erratum.isEmpty() || !repairable) {
      return;
    }
    for (Register register : REPAIRABLE) {
      if (firstState.get(register) != secondState.get(register)) {
        second.set(register, firstState.get(register));
      }
    }
    EngineState wrong = secondState.copy();
    secondState.read(second);
    boolean whole = firstState.sameAs(secondState);
    copy(wrong, secondState);
    if (!whole) {
      return; // elsewhere in the code or at another privilege level: beyond repair
    }
    takeOver(firstStep);
    takeOver(secondStep);
    copy(firstState, secondState);
    differences.clear();
    lead = second.instructions() - first.instructions();
    errata.merge(erratum.get(), 1, Integer::sum);
    erratum = Optional.empty();
  }

  /** In what the two differ, for the list of errata. */
  private Set<StateField> fields() {
    records.before(before);
    records.ours(firstState, firstStep.vector, firstStep.errorCode, firstStep.faultAddress);
    records.theirs(secondState, secondStep.vector, secondStep.errorCode, secondStep.faultAddress);
    Set<Register> registers = EnumSet.noneOf(Register.class);
    registers.addAll(firstState.differences(secondState));
    boolean memory = differences.stream().anyMatch(difference -> difference.startsWith("memory"));
    return records.fields(registers, memory);
  }

  private void takeOver(StepRecord step) {
    for (int i = 0; i < step.writes(); i++) {
      long at = step.start(i);
      MemorySegment.copy(first.ram(), at, second.ram(), at, step.size(i));
    }
  }

  private static String exception(StepRecord step) {
    if (step.vector < 0) {
      return "none";
    }
    String name = Vector.name(step.vector);
    if (Vector.hasErrorCode(step.vector)) {
      name += "(0x" + Integer.toHexString(step.errorCode) + ")";
    }
    return step.vector == Vector.PF
        ? name + " at 0x" + Integer.toHexString(step.faultAddress)
        : name;
  }

  /** Lets the first engine take over the second's undefined flags; returns their mask. */
  private int allowUndefined() {
    int flags = firstState.get(Register.EFLAGS);
    int others = secondState.get(Register.EFLAGS);
    if (((flags ^ others) & Eflags.STATUS) == 0 || !firstStep.fetched) {
      return 0;
    }
    Insn insn = decode();
    int mask = insn == null ? 0 : insn.form.undefinedFlagsFrom(insn, before.get(Register.ECX));
    if (((flags ^ others) & mask) != 0) {
      int taken = flags & ~mask | others & mask;
      first.set(Register.EFLAGS, taken);
      firstState.set(Register.EFLAGS, taken);
    }
    return mask;
  }

  private void compareRegisters(int undefinedFlags) {
    for (Register register : firstState.differences(secondState)) {
      int ours = firstState.get(register);
      int others = secondState.get(register);
      if (register == Register.EFLAGS && ((ours ^ others) & ~undefinedFlags) == 0) {
        continue;
      }
      differ(
          register.name().toLowerCase(Locale.ROOT),
          "%08x".formatted(ours),
          "%08x".formatted(others));
    }
  }

  private void compareWrites(StepRecord step) {
    for (int i = 0; i < step.writes(); i++) {
      long from = step.start(i);
      long to = from + step.size(i);
      if (MemorySegment.mismatch(first.ram(), from, to, second.ram(), from, to) >= 0) {
        differ("memory", bytes(first, from, step.size(i)), bytes(second, from, step.size(i)));
      }
    }
  }

  private void compareAllMemory() {
    MemorySegment ours = first.ram();
    MemorySegment others = second.ram();
    long size = ours.byteSize();
    accessedBits = 0;
    GuestPages tables = new GuestPages(ours);
    firstState.control(tables);
    for (long from = 0; ; ) {
      long at = MemorySegment.mismatch(ours, from, size, others, from, size);
      if (at < 0) {
        return;
      }
      at = from + at & ~3L;
      int changed = ours.get(ValueLayout.JAVA_INT, at) ^ others.get(ValueLayout.JAVA_INT, at);
      if ((changed & ~ACCESSED_AND_DIRTY) != 0 || !tables.isTable(at)) {
        differ("memory (found later)", bytes(first, at, 16), bytes(second, at, 16));
        return;
      }
      accessedBits++;
      from = at + 4;
    }
  }

  private static String bytes(Engine engine, long from, int size) {
    StringBuilder text = new StringBuilder("[%08x]".formatted(from));
    long to = Math.min(from + size, engine.ram().byteSize());
    for (long at = from; at < to; at++) {
      text.append(" %02x".formatted(engine.ram().get(ValueLayout.JAVA_BYTE, at)));
    }
    return text.toString();
  }

  private void differ(String field, String ours, String others) {
    differences.add("%s: %s %s, %s %s".formatted(field, first.name(), ours, second.name(), others));
  }

  private Comparison different(long completed) {
    Insn insn = firstStep.fetched ? decode() : null;
    List<Byte> bytes = new ArrayList<>();
    for (int i = 0; insn != null && i < insn.length; i++) {
      bytes.add((byte) codeByte(i));
    }
    Divergence divergence =
        new Divergence(
            completed,
            firstStep.fetched ? firstStep.address : before.get(Register.EIP),
            List.copyOf(bytes),
            insn == null
                ? "(not in memory)"
                : disassembler.disassemble(insn, this::codeByte, first.code32(), firstStep.address),
            List.of(first.name(), second.name()),
            before.copy(),
            firstState.copy(),
            secondState.copy(),
            List.copyOf(differences),
            erratum);
    differences.clear();
    return new Comparison.Different(divergence);
  }

  /** The instruction of this step, as it lies in memory now; null if it cannot be read. */
  private Insn decode() {
    try {
      return decoder.decode(this::codeByte, first.code32());
    } catch (NoCode e) {
      return null;
    }
  }

  private int codeByte(int offset) {
    before.control(code);
    long physical = code.physical(firstStep.address + offset);
    if (physical == GuestPages.NOWHERE) {
      throw new NoCode();
    }
    return first.ram().get(ValueLayout.JAVA_BYTE, physical) & 0xff;
  }

  private static final class NoCode extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoCode() {
      super(null, null, false, false);
    }
  }
}
