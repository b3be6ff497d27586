package org.trampoline.emulator.translate;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.execute.Interpreter;

/**
 * Moves the processor's state to where translated code has it, and back: each instruction of an
 * entry is paid for from its budget, so the budget that is left tells how many there were.
 */
final class StateTransfer {
  /** Instructions that an entry leaves to the next one, so that it may deliver faults, at most. */
  private static final int FAULT_RESERVE = 64;

  /** Instructions that may be executed below which the interpreter has done them sooner. */
  static final int WORTH_ENTERING = 12;

  final UnitState units;
  final SpaceTable spaces;
  final TrapState traps;
  final SegmentState segments;
  final FaultState faults;
  private final Interpreter interpreter;
  private final TranslatorState state;
  private final SystemState system;
  private final ClockState clock;
  private final TranslatorStatistics statistics;
  private final int entryLimit;

  /** The budget of the entry that is running. */
  private int given;

  /** The count of instructions at which the code is to end, and the room behind it for faults. */
  private long deadline;

  private long room;

  /**
   * @param entryLimit instructions of an entry at most
   * @param checked debug mode, see {@link AddressChecks}
   */
  StateTransfer(
      Cpu c,
      Interpreter interpreter,
      TranslatorState state,
      TranslatorStatistics statistics,
      int entryLimit,
      boolean checked) {
    this.interpreter = interpreter;
    this.state = state;
    this.statistics = statistics;
    this.entryLimit = entryLimit;
    units = new UnitState(state.address());
    system = new SystemState(state.address());
    spaces = new SpaceTable(state.address(), checked);
    traps = new TrapState(state.address());
    clock = new ClockState(state.address());
    segments = new SegmentState(state.address());
    faults = new FaultState(state.address(), c.memory.attributesAddress());
  }

  /** Begins what may run up to a count of instructions. */
  void begin(long deadline) {
    this.deadline = deadline;
    room = interpreter.room();
  }

  /** That count, which gets less if there is no room for the faults that are delivered. */
  long deadline() {
    return deadline;
  }

  /** Moves the state to translated code. */
  void prepare(Cpu c, TranslatedBlock block) {
    c.repeating = false;
    state.take(c);
    system.take(c);
    traps.take(c);
    segments.take(c);
    view(c);
    if (block.mode.allFlat()) {
      state.takeSegment(c.segment[SegmentRegister.CS]); // never counts as flat: it is read-only
    } else {
      for (SegmentRegister s : c.segment) {
        state.takeSegment(s);
      }
    }
    grant(c, block.mode);
    units.take(c, block.units);
  }

  /** Says how many instructions translated code may execute. */
  private void grant(Cpu c, CodeMode mode) {
    long left = deadline - c.instructions;
    given = (int) Math.min(left, entryLimit);
    if (room == 0 && given == left) {
      given -= Math.clamp(given - BlockTranslator.LIMIT, 0, FAULT_RESERVE); // any block may run
    }
    faults.take(c, mode, room < 0 ? 0 : room + left - given);
    state.budget(given);
    clock.take(c, c.instructions + given);
  }

  /**
   * Lets translated code go on after {@link #account} and an event.
   *
   * @return false if too little may be executed: the state has to be moved back
   */
  boolean resume(Cpu c, CodeMode mode) {
    begin(interpreter.goOn(c));
    if (deadline - c.instructions < WORTH_ENTERING) {
      return false;
    }
    system.takeEvents(c);
    grant(c, mode);
    return true;
  }

  /** Lets translated code use the maps as they are now. */
  void view(Cpu c) {
    state.view(c.mmu.map(), c.cpl == 3);
    spaces.prepare(c);
  }

  /** Makes what translated code has changed, and the rest of the processor relies on, agree. */
  void settle(Cpu c) {
    spaces.settle(c);
    system.settle(c);
    traps.settle(c);
    state.forbidTableStore();
    segments.settle(c);
  }

  /** Moves the state back, {@code unused} instructions that were paid for not being executed. */
  void leave(Cpu c, int eip, int unused, FlagRecipes recipes) {
    account(c, eip, unused);
    moveBack(c, recipes);
  }

  /**
   * Tells the processor how far translated code has come: eip, the count of instructions, EFLAGS
   * but for the status flags and DF.
   */
  void account(Cpu c, int eip, int unused) {
    int done = given - state.budget() - unused;
    int delivered = faults.give(c);
    if (delivered != 0) {
      statistics.faults += delivered;
      interpreter.delivered(delivered);
      deadline -= Math.max(0, delivered - room);
      room = Math.max(0, room - delivered);
    }
    system.give(c, c.instructions + given, c.instructions + done);
    c.eip = eip;
    c.instructions += done;
    given -= done;
    statistics.executed += done;
  }

  /** An interrupt handler has been entered in the processor's name. */
  void entered(Cpu c) {
    system.giveFlags(c);
    c.halted = false;
    c.shadow = -1;
    c.noticeEvents();
  }

  /** Moves what {@link #account} leaves where it is. */
  void moveBack(Cpu c, FlagRecipes recipes) {
    state.give(c, recipes);
    traps.give(c);
    units.give(c);
  }
}
