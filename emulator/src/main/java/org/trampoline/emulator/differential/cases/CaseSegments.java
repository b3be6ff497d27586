package org.trampoline.emulator.differential.cases;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.memory.Host;

/** Chooses the selectors a case starts with. */
final class CaseSegments {
  private static final int[] USUAL = {
    CaseWorld.USER_DATA,
    CaseWorld.USER_CODE,
    CaseWorld.USER_DATA,
    CaseWorld.USER_DATA,
    CaseWorld.FS,
    CaseWorld.GS
  };

  private static final int[] DATA = {
    CaseWorld.USER_DATA,
    CaseWorld.SMALL,
    CaseWorld.SMALL,
    CaseWorld.EXPAND_DOWN,
    CaseWorld.EXPAND_DOWN,
    CaseWorld.READ_ONLY_DATA,
    CaseWorld.CODE_READABLE,
    CaseWorld.DATA_16,
    0
  };

  private static final int[] STACK = {
    CaseWorld.USER_DATA, CaseWorld.SMALL, CaseWorld.EXPAND_DOWN, CaseWorld.DATA_16
  };

  private final CaseRandom random;
  private final int[] selectors = USUAL.clone();

  CaseSegments(CaseRandom random) {
    this.random = random;
  }

  /** Chooses those of ring 0. */
  void system() {
    System.arraycopy(USUAL, 0, selectors, 0, USUAL.length);
    selectors[SegmentRegister.CS] = SystemWorld.KERNEL_CODE;
    selectors[SegmentRegister.SS] = SystemWorld.KERNEL_DATA;
  }

  /** Chooses for an instruction: the usual ones, or others where it accesses memory. */
  void choose(Insn insn, boolean other) {
    System.arraycopy(USUAL, 0, selectors, 0, USUAL.length);
    if (!other) {
      return;
    }
    int segment = insn.segment;
    if (segment != SegmentRegister.CS && segment != SegmentRegister.SS && !random.one(3)) {
      selectors[segment] = DATA[random.below(DATA.length)];
    }
    if (!random.one(3)) {
      selectors[SegmentRegister.SS] = STACK[random.below(STACK.length)];
    }
    if (random.one(4)) {
      selectors[SegmentRegister.ES] = random.one(2) ? CaseWorld.SMALL : CaseWorld.READ_ONLY_DATA;
    }
  }

  /** The base of a segment register. */
  int base(int segment) {
    return baseOf(selectors[segment]);
  }

  /** Linear address of the memory operand of an instruction executed from a record's state. */
  static int operand(Insn insn, long record) {
    int selector = Host.get16(record + CaseRecord.segment(insn.segment));
    return baseOf(selector) + offset(insn, record);
  }

  /** Linear address of the top of the stack. */
  static int stack(long record) {
    boolean small = Host.get16(record + CaseRecord.SS) == CaseWorld.DATA_16;
    int top = linear(record, SegmentRegister.SS, Cpu.ESP);
    return small ? CaseWorld.DATA + (top - CaseWorld.DATA & 0xffff) : top;
  }

  /** Linear address that a general register names in a segment. */
  static int linear(long record, int segment, int register) {
    int selector = Host.get16(record + CaseRecord.segment(segment));
    return baseOf(selector) + CaseRecord.register(record, register);
  }

  /** Its offset into the segment. */
  static int offset(Insn insn, long record) {
    int[] regs = new int[9];
    for (int i = 0; i < 8; i++) {
      regs[i] = CaseRecord.register(record, i);
    }
    return AddressSolver.offsetOf(insn, regs);
  }

  private static int baseOf(int selector) {
    return (selector & 4) == 0 ? 0 : CaseWorld.LDT[selector >> 3].base();
  }

  /** A linear address, or one near the segment's limit if it has one. */
  int near(int segment, int linear) {
    int selector = selectors[segment];
    boolean small = selector == CaseWorld.SMALL || selector == CaseWorld.EXPAND_DOWN;
    int end = small ? 0x1000 : selector == CaseWorld.DATA_16 ? 0x1_0000 : 0;
    if (end == 0 || random.one(4)) {
      return linear;
    }
    return base(segment) + (random.one(2) ? random.below(end) : end - 16 + random.below(24));
  }

  /** ESP for a linear address of the top of the stack. */
  int stackPointer(int linear) {
    int offset = linear - base(SegmentRegister.SS);
    boolean small = selectors[SegmentRegister.SS] == CaseWorld.DATA_16;
    return small ? offset & 0xffff | random.bits() << 16 : offset;
  }

  /** Writes them into a record. */
  void put(long record) {
    for (int i = 0; i < selectors.length; i++) {
      Host.put16(record + CaseRecord.segment(i), selectors[i]);
    }
  }
}
