package org.trampoline.emulator.translate;

import static org.trampoline.emulator.translate.HostOpcodes.ABOVE;
import static org.trampoline.emulator.translate.HostOpcodes.BELOW;
import static org.trampoline.emulator.translate.HostOpcodes.SIGN;

import org.trampoline.emulator.memory.TranslationMap;

/**
 * What stands before the second code of a block that loops to itself, in which {@link LoopStreams}
 * are accessed without a probe. It finds out how many iterations all streams stay in their pages,
 * keeps the addends of these, and lets the loop have a budget of so many, the rest being put aside:
 * so the one check at the start of an iteration serves both. Where that is none, because a page is
 * not in the map, or an access straddles two, the block's ordinary code does an iteration.
 *
 * <p>Nothing changes the maps meanwhile, as the loop does not leave without ending.
 */
final class LoopEntry {
  private static final int ADDRESS = HostRegisters.ADDRESS;
  private static final int ADDEND = HostRegisters.ADDEND;
  private static final int ITERATIONS = HostRegisters.VALUE;
  private static final int BUDGET = HostRegisters.BUDGET;
  private static final int STATE = HostRegisters.STATE;
  private static final int ABOVE_OR_EQUAL = 3;
  private static final int ZERO = 4;
  private static final int NOT_ZERO = 5;
  private static final int IMUL = 0x69;
  private static final int PAGE = 0x1000;

  /** Iterations at once if no stream moves. */
  private static final int MOST = 1 << 14;

  /** Division by a step is multiplication by 2^24 / step. */
  private static final int RECIPROCAL_SHIFT = 24;

  private final Emission e;
  private final HostAssembler a;
  private boolean bounded;

  private LoopEntry(Emission e) {
    this.e = e;
    a = e.hot;
  }

  /**
   * Emits it.
   *
   * @param instructions of an iteration
   * @param paid whether it pays for the first one
   * @param ordinary offset of the block's ordinary code
   */
  static void emit(Emission e, LoopStreams streams, int instructions, boolean paid, int ordinary) {
    LoopEntry entry = new LoopEntry(e);
    if (paid) {
      e.hot.compare(BUDGET, instructions);
      e.jumpIf(BELOW, ordinary);
    }
    for (int g = 0; g < streams.groups(); g++) {
      entry.group(streams.group(g), slot(g), ordinary);
    }
    entry.share(instructions);
    if (paid) {
      e.hot.arithmeticImmediate(4, 5, BUDGET, instructions);
    }
    for (int g = 0; g < streams.groups(); g++) {
      if (streams.register(g) != HostAssembler.NONE) {
        e.hot.memory(8, 0x8b, streams.register(g), STATE, slot(g));
      }
    }
  }

  /** Where a group's addend is in the state. */
  static int slot(int group) {
    return TranslatorState.LOOP_ADDENDS + 8 * group;
  }

  private void group(LoopStreams.Group group, int slot, int ordinary) {
    address(group);
    if (group.aligned >= 0) {
      a.memory(4, 0x8d, ADDEND, ADDRESS, group.aligned);
      a.register(4, 0xf7, 0, ADDEND); // test
      a.emit32(15);
      e.jumpIf(NOT_ZERO, ordinary);
    }
    if (group.highest > 0) { // the register is not negative, nor will be within the page
      if (group.step < 0) {
        a.move(ADDEND, ADDRESS);
        a.and(ADDEND, -PAGE);
        a.compare(ADDEND, group.highest);
      } else {
        a.compare(ADDRESS, group.highest);
      }
      e.jumpIf(BELOW, ordinary);
    }
    if (group.lowest < 0) {
      a.compare(ADDRESS, -2 * PAGE + group.lowest);
      e.jumpIf(ABOVE_OR_EQUAL, ordinary);
    }
    iterations(group, ordinary);
    int map = (int) (group.writes ? TranslationMap.WRITE : TranslationMap.READ);
    e.checks.view();
    a.move(ADDEND, ADDRESS);
    a.shift(4, 5, ADDEND, 12);
    a.memory(8, 0x8b, ADDEND, HostRegisters.VIEW, ADDEND, 3, map);
    a.register(8, 0x85, ADDEND, ADDEND);
    e.jumpIf(ZERO, ordinary);
    e.checks.loop(ordinary);
    a.memory(8, 0x89, ADDEND, STATE, slot);
  }

  private void address(LoopStreams.Group group) {
    boolean first = true;
    int constant = group.constant();
    for (int r = 0; r < 8; r++) {
      int times = group.address[r];
      if (times == 0) {
        continue;
      }
      int from = HostRegisters.of(r);
      if (times != 1) {
        a.register(4, IMUL, ADDEND, from);
        a.emit32(times);
        from = ADDEND;
      }
      if (first) {
        a.memory(4, 0x8d, ADDRESS, from, constant);
      } else {
        a.register(4, 0x03, ADDRESS, from);
      }
      first = false;
    }
    if (first) {
      a.moveImmediate(ADDRESS, constant);
    }
  }

  /** How often a step may be taken before the group is not in one page, or leaves. */
  private void iterations(LoopStreams.Group group, int ordinary) {
    a.move(ADDEND, ADDRESS);
    a.and(ADDEND, PAGE - 1);
    int room = PAGE - group.bytes;
    if (group.step > 0) {
      a.register(4, 0xf7, 3, ADDEND); // neg
      a.arithmeticImmediate(4, 0, ADDEND, room);
      e.jumpIf(SIGN, ordinary);
    } else {
      a.compare(ADDEND, room);
      e.jumpIf(ABOVE, ordinary);
    }
    if (group.step == 0) {
      return;
    }
    int step = Math.abs(group.step);
    if (Integer.bitCount(step) == 1) {
      a.shift(4, 5, ADDEND, Integer.numberOfTrailingZeros(step));
    } else { // exact for numbers below 4096
      a.register(8, IMUL, ADDEND, ADDEND);
      a.emit32((1 << RECIPROCAL_SHIFT) / step + 1);
      a.shift(8, 5, ADDEND, RECIPROCAL_SHIFT);
    }
    if (bounded) {
      a.register(4, 0x3b, ADDEND, ITERATIONS);
      a.register(4, 0x0f40 | BELOW, ITERATIONS, ADDEND);
    } else {
      a.move(ITERATIONS, ADDEND);
    }
    bounded = true;
  }

  /** Takes as much of the budget. */
  private void share(int instructions) {
    if (bounded) {
      a.arithmeticImmediate(4, 0, ITERATIONS, 1);
      a.register(4, IMUL, ITERATIONS, ITERATIONS);
      a.emit32(instructions);
    } else {
      a.moveImmediate(ITERATIONS, MOST * instructions);
    }
    a.register(4, 0x3b, ITERATIONS, BUDGET);
    a.register(4, 0x0f40 | ABOVE, ITERATIONS, BUDGET);
    a.register(4, 0x2b, BUDGET, ITERATIONS);
    a.memory(4, 0x89, BUDGET, STATE, TranslatorState.LOOP_RESERVE);
    a.move(BUDGET, ITERATIONS);
  }

  /**
   * Puts what was put aside back; changes {@link HostRegisters#ADDEND}, no flags.
   *
   * @param more what else is given back
   */
  static void end(HostAssembler a, int more) {
    a.memory(4, 0x8b, ADDEND, STATE, TranslatorState.LOOP_RESERVE);
    a.memory(4, 0x8d, BUDGET, BUDGET, ADDEND, 0, more);
  }
}
