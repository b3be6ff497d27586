package org.trampoline.emulator.translate;

import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.memory.TranslationMap;

/**
 * The one place that forms host addresses of guest memory. An access is checked against the
 * translation maps; what they do not serve leaves the translated code before anything has changed,
 * and the instruction is tried again from its start or interpreted.
 *
 * <p>After a probe the operand is at [{@link HostRegisters#ADDRESS} + {@link
 * HostRegisters#ADDEND}]; {@link HostRegisters#VALUE} is left alone, the host's flags are not.
 */
final class MemoryProbe {
  private static final int ADDRESS = HostRegisters.ADDRESS;
  private static final int ADDEND = HostRegisters.ADDEND;
  private static final int BELOW = 2;
  private static final int ABOVE_OR_EQUAL = 3;
  private static final int ZERO = 4;
  private static final int NOT_ZERO = 5;
  private static final int ABOVE = 7;

  private final Emission e;
  private final boolean checked;

  MemoryProbe(Emission e, boolean checked) {
    this.e = e;
    this.checked = checked;
  }

  /** Effective address of an instruction's memory operand into {@code register}. */
  void offset(Insn i, int register) {
    HostAssembler a = e.hot;
    int base = HostRegisters.of(i.base);
    int index = HostRegisters.of(i.index);
    if (base == HostAssembler.NONE && index == HostAssembler.NONE) {
      a.moveImmediate(register, i.displacement);
    } else if (index == HostAssembler.NONE && i.displacement == 0) {
      a.move(register, base);
    } else {
      a.memory(4, 0x8d, register, base, index, i.scale, i.displacement);
    }
    if (i.address16) {
      a.register(4, 0x0fb7, register, register);
    }
  }

  /** Probes an instruction's memory operand. */
  void operand(Insn i, int size, boolean write) {
    e.retryHere();
    probe(i, size, write);
  }

  /** Probes an instruction's memory operand, whose address must be a multiple of its size. */
  void alignedOperand(Insn i, int size, boolean write) {
    e.retryHere();
    offset(i, ADDRESS);
    access(i.segment, size, write, true, Exit.INTERPRET);
  }

  /** Whether {@link HostRegisters#ADDRESS} is the operand's offset after a probe. */
  boolean addressIsOffset(Insn i) {
    return !checked && e.mode.kind(i.segment) == CodeMode.FLAT;
  }

  /** As {@link #operand}, behind a {@code retryHere} of the template's own. */
  void probe(Insn i, int size, boolean write) {
    offset(i, ADDRESS);
    access(i.segment, size, write);
  }

  /** Probes the operand at an offset in {@link HostRegisters#ADDRESS} within a segment. */
  void access(int segment, int size, boolean write) {
    access(segment, size, write, false, Exit.INTERPRET);
  }

  /** As {@link #access}, for the next element of a repeated string instruction. */
  void element(int segment, int size, boolean write) {
    access(segment, size, write, false, Exit.REPEAT);
  }

  private void access(int segment, int size, boolean write, boolean aligned, Exit crossing) {
    linear(segment, size, write);
    translate(size, write, aligned, crossing);
    if (checked) {
      check();
    }
  }

  private void linear(int segment, int size, boolean write) {
    int kind = e.mode.kind(segment);
    if (kind == CodeMode.FLAT) {
      return;
    }
    HostAssembler a = e.hot;
    int at = TranslatorState.SEGMENTS + TranslatorState.SEGMENT_BYTES * segment;
    if (kind == CodeMode.SMALL) {
      a.compare(ADDRESS, 0x10000 - size);
      e.jumpIf(ABOVE, e.stub(Exit.INTERPRET, e.start(), e.index()));
    } else if (kind == CodeMode.CHECKED) {
      int stub = e.stub(Exit.INTERPRET, e.start(), e.index());
      int low = write ? TranslatorState.LOW_WRITE : TranslatorState.LOW_READ;
      a.memory(8, 0x3b, ADDRESS, HostRegisters.STATE, at + low);
      e.jumpIf(BELOW, stub);
      a.memory(8, 0x8d, ADDEND, ADDRESS, size - 1);
      a.memory(8, 0x3b, ADDEND, HostRegisters.STATE, at + TranslatorState.HIGH);
      e.jumpIf(ABOVE, stub);
    }
    boolean noBase = segment == SegmentRegister.CS && e.mode.codeBase == 0;
    if (!noBase) {
      a.memory(4, 0x03, ADDRESS, HostRegisters.STATE, at + TranslatorState.BASE);
    }
  }

  private void translate(int size, boolean write, boolean aligned, Exit otherwise) {
    HostAssembler a = e.hot;
    int map = (int) (write ? TranslationMap.WRITE : TranslationMap.READ);
    // an element of a repeated instruction stands for all up to the end of its page
    boolean beside = write && otherwise != Exit.REPEAT && size <= 16;
    int miss = beside ? 0 : e.stub(miss(size, write), e.start(), e.index());
    addend(a, map);
    if (size > 1) {
      // an aligned access cannot leave its page; others are looked at more closely
      int alignment = size == 10 ? 16 : size;
      a.register(1, 0xf6, 0, ADDRESS);
      a.emit8(alignment - 1);
      int crossing = e.stub(otherwise, e.start(), e.index());
      if (aligned) {
        e.jumpIf(NOT_ZERO, crossing);
      } else {
        unaligned(size, map, crossing);
      }
    }
    a.register(8, 0x85, ADDEND, ADDEND);
    if (beside) {
      besideCode();
    } else {
      e.jumpIf(ZERO, miss);
    }
  }

  private static Exit miss(int size, boolean write) {
    if (size > 16 && write) {
      return Exit.INTERPRET; // PUSHA's first store, whose address CR2 shows, is its highest
    }
    return write ? Exit.WRITE_PAGE : Exit.READ;
  }

  /** What the map for writes does not serve, the one for writes beside code may. */
  private void besideCode() {
    e.jumpIf(ZERO, e.coldOffset());
    int back = e.hotOffset();
    e.callFromCold(e.entry().besideCode);
    e.coldJumpIf(NOT_ZERO, back);
    e.stub(Exit.WRITE, e.start(), e.index());
  }

  /**
   * Probes some bytes at the linear address in {@link HostRegisters#ADDRESS}.
   *
   * @param otherwise offset of where to go if they do not lie within a page
   * @param miss where to go if the map knows nothing of it
   */
  void linear(int bytes, boolean write, int otherwise, int miss) {
    HostAssembler a = e.hot;
    a.move(ADDEND, ADDRESS);
    a.and(ADDEND, 0xfff);
    a.compare(ADDEND, 0x1000 - bytes);
    e.jumpIf(ABOVE, otherwise);
    withinPage(write, miss);
  }

  /** As {@link #linear}, for what is known to lie within a page. */
  void withinPage(boolean write, int miss) {
    addend(e.hot, (int) (write ? TranslationMap.WRITE : TranslationMap.READ));
    e.hot.register(8, 0x85, ADDEND, ADDEND);
    e.jumpIf(ZERO, miss);
    if (checked) {
      check();
    }
  }

  private void unaligned(int size, int map, int crossing) {
    int unaligned = e.coldOffset();
    e.jumpIf(NOT_ZERO, unaligned);
    int back = e.hotOffset();
    HostAssembler cold = e.cold;
    cold.move(ADDEND, ADDRESS);
    cold.and(ADDEND, 0xfff);
    cold.compare(ADDEND, 0x1000 - size);
    e.coldJumpIf(ABOVE, crossing);
    addend(cold, map);
    e.coldJump(back);
  }

  private static void addend(HostAssembler a, int map) {
    a.move(ADDEND, ADDRESS);
    a.shift(4, 5, ADDEND, 12);
    a.memory(8, 0x8b, ADDEND, HostRegisters.VIEW, ADDEND, 3, map);
  }

  /** Debug mode: the address must lie in RAM; where it lies in ROM, the interpreter goes on. */
  private void check() {
    HostAssembler a = e.hot;
    int stub = e.stub(Exit.WILD, e.start(), e.index());
    a.register(8, 0x03, ADDRESS, ADDEND);
    a.register(4, 0x31, ADDEND, ADDEND);
    a.memory(8, 0x3b, ADDRESS, HostRegisters.STATE, TranslatorState.RAM_START);
    e.jumpIf(BELOW, stub);
    a.memory(8, 0x3b, ADDRESS, HostRegisters.STATE, TranslatorState.RAM_END);
    e.jumpIf(ABOVE_OR_EQUAL, stub);
  }

  /** An instruction on a part of the operand that was probed last. */
  void instruction(int size, int opcode, int reg, int offset) {
    e.hot.memory(size, opcode, reg, ADDRESS, ADDEND, 0, offset);
  }

  /** An instruction on the operand that was probed last. */
  void instruction(int size, int opcode, int reg) {
    e.hot.memory(size, opcode, reg, ADDRESS, ADDEND, 0, 0);
  }
}
