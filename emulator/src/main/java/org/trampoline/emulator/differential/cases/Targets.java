package org.trampoline.emulator.differential.cases;

import static org.trampoline.emulator.differential.cases.CaseWorld.DATA;
import static org.trampoline.emulator.differential.cases.CaseWorld.DATA_SIZE;
import static org.trampoline.emulator.differential.cases.CaseWorld.READ_ONLY;

import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Attribute;
import org.trampoline.emulator.decode.Insn;

/** Chooses linear addresses for memory operands. */
final class Targets {
  /** What instructions may reach around their operand's address without leaving the data. */
  private static final int MARGIN = 0x800;

  /** A part of the data where only {@link #cell} points to, 16 bytes for each case of a batch. */
  private static final int CELLS = DATA + 0x7800;

  private static final int CELL = 16;
  private static final int CELLS_END = CELLS + CELL * CaseBatch.CASES;

  private final CaseRandom random;
  private final Values values;

  Targets(CaseRandom random, Values values) {
    this.random = random;
    this.values = values;
  }

  /**
   * For an instruction's memory operand.
   *
   * @param hostile whether it may lie where it cannot be accessed
   * @param misaligned whether it may be misaligned where it must not
   */
  int operand(Insn insn, boolean hostile, boolean misaligned) {
    if (hostile && random.one(2)) {
      int at = edge();
      boolean wraps = insn.segment == SegmentRegister.FS && at >= DATA - 128 && at < DATA + 16;
      at = wraps ? at + 0x1000 : at;
      return insn.form.has(Attribute.ALIGN16) && !misaligned ? at & ~15 : at;
    }
    int low = DATA + MARGIN;
    int high = DATA + DATA_SIZE - MARGIN;
    if (insn.address16) {
      low = insn.segment == SegmentRegister.GS ? CaseWorld.GS_BASE : low;
      high = insn.segment == SegmentRegister.FS ? DATA + 0x1_0000 - MARGIN : high;
    }
    boolean align = insn.form.has(Attribute.ALIGN16) && !(misaligned && random.one(4));
    return align ? inside(low, high) & ~15 : inside(low, high);
  }

  /** A place that is this case's alone. */
  int cell(int index) {
    return CELLS + index * CELL + random.below(CELL - 7);
  }

  /** One of 32 bytes, in batches of half the number of cases. */
  int wideCell(int index) {
    return CELLS + 2 * index * CELL;
  }

  /** For ESP: with room below for what enter takes. */
  int stack(boolean hostile) {
    if (hostile && random.one(3)) {
      return edge();
    }
    int at = inside(DATA + 0x1_1000, DATA + DATA_SIZE - MARGIN);
    return random.one(8) ? at : at & ~3;
  }

  private int inside(int low, int high) {
    int at = spread(low, high);
    // across the end of a 4 GB segment processors need not agree (SDM vol. 3, 5.3)
    at = at < CaseWorld.GS_BASE && at >= CaseWorld.GS_BASE - 128 ? at + 128 : at;
    return outsideCells(at);
  }

  /** The address, or one near the cells if it is in them. */
  static int outsideCells(int at) {
    if (at < CELLS - MARGIN || at >= CELLS_END + MARGIN) {
      return at;
    }
    boolean below = (at & 0x4000) == 0;
    return (below ? CELLS - MARGIN - 0x400 : CELLS_END + MARGIN) + (at & 0x1ff);
  }

  private int spread(int low, int high) {
    int at = low + random.below(high - low);
    return switch (random.below(8)) {
      case 0 -> at;
      case 1 -> (at | 0xfff) - random.below(16) < high ? (at | 0xfff) - random.below(16) : low;
      case 2 -> at & ~15;
      default -> at & ~3;
    };
  }

  /** Where memory ends, or is read-only, or somewhere wild. */
  int edge() {
    return switch (random.below(8)) {
      case 0, 1 -> DATA - 16 + random.below(20);
      case 2, 3 -> READ_ONLY - 20 + random.below(24);
      case 4 -> READ_ONLY + random.below(0x1000);
      case 5, 6 -> READ_ONLY + 0x1000 - 20 + random.below(24);
      default -> wild();
    };
  }

  /** Not at the ends of linear memory, where processors need not agree (SDM vol. 3, 5.3). */
  private int wild() {
    int at = values.word();
    return at >= -0x800 && at < 0x800 ? at + 0x1000 : at;
  }
}
