package org.trampoline.emulator.translate;

import static org.trampoline.emulator.translate.HostOpcodes.ABOVE;
import static org.trampoline.emulator.translate.HostOpcodes.BELOW;

import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.memory.TranslationMap;

/**
 * The one place that forms host addresses of guest memory. An access is checked against the
 * translation maps; what they do not serve leaves the translated code before anything has changed,
 * and the instruction is tried again from its start or interpreted.
 *
 * <p>After a probe {@link #instruction} has the operand, at a base register + {@link
 * HostRegisters#ADDEND} + a displacement, until that register changes: {@link
 * HostRegisters#ADDRESS}, or a guest's register if the instruction names it alone. {@link
 * HostRegisters#VALUE} is left alone, the host's flags are not.
 *
 * <p>In debug mode {@link AddressChecks} are emitted behind each probe and before each access.
 */
final class MemoryProbe {
  private static final int ADDRESS = HostRegisters.ADDRESS;
  private static final int ADDEND = HostRegisters.ADDEND;
  private static final int ZERO = 4;
  private static final int NOT_ZERO = 5;

  private final Emission e;

  // the operand that was probed last
  private int base;
  private int displacement;
  private int addend = ADDEND;
  private int bytes;

  // the current instruction's accesses so far, and the group whose addend is still there
  private int accesses;
  private int held = SharedProbes.NONE;
  private boolean keeps;

  /** Whether a group's addend was stored: it is of no use when the maps have changed. */
  private boolean sharing;

  MemoryProbe(Emission e) {
    this.e = e;
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

  /** Begins a block. */
  void reset() {
    keeps = false;
    sharing = false;
  }

  /** Begins an instruction. */
  void instruction(Insn i) {
    addend = ADDEND;
    accesses = 0;
    boolean kept = keeps;
    keeps = InsnEffects.keepsAddend(i);
    if (!kept || !keeps) {
      held = SharedProbes.NONE;
    }
  }

  /** Whether the current instruction may be tried again behind a miss. */
  boolean mayRetry() {
    return !sharing && !e.streams.any();
  }

  /** Whether the current instruction has an operand in a stream and cannot leave. */
  boolean cannotMiss() {
    return e.streams.of(e.index()) >= 0 && e.streams.stays(e.index());
  }

  /** Probes an instruction's memory operand. */
  void operand(Insn i, int size, boolean write) {
    e.retryHere();
    probe(i, size, write);
  }

  /** Probes an instruction's memory operand, whose address must be a multiple of its size. */
  void alignedOperand(Insn i, int size, boolean write) {
    e.retryHere();
    operand(i, size, write, true);
  }

  /** As {@link #operand}, behind a {@code retryHere} of the template's own. */
  void probe(Insn i, int size, boolean write) {
    operand(i, size, write, false);
  }

  private void operand(Insn i, int size, boolean write, boolean aligned) {
    int stream = e.streams.of(e.index());
    if (stream >= 0) {
      stream(i, stream, size);
      return;
    }
    int group = group();
    if (group >= 0) {
      shared(group, HostRegisters.of(i.base), i.displacement, size, write, aligned);
      return;
    }
    boolean alone = i.index == Insn.NO_REGISTER && i.base != Insn.NO_REGISTER;
    boolean flat = !i.address16 && e.mode.kind(i.segment) == CodeMode.FLAT;
    if (alone && flat && i.displacement == 0 && InsnEffects.keepsAddress(i)) {
      register(HostRegisters.of(i.base), size, write, aligned);
    } else {
      offset(i, ADDRESS);
      access(i.segment, size, write, aligned, Exit.INTERPRET);
    }
  }

  /**
   * Probes the stack at a distance from ESP, or EBP.
   *
   * @param register the host's
   */
  void stack(int register, int distance, int size, boolean write) {
    int group = e.mode.stack32 ? group() : SharedProbes.NONE;
    if (group >= 0) {
      shared(group, register, distance, size, write, false);
      return;
    }
    boolean flat = e.mode.stack32 && e.mode.kind(SegmentRegister.SS) == CodeMode.FLAT;
    if (flat && distance == 0) {
      register(register, size, write, false);
      return;
    }
    if (distance == 0) {
      e.hot.move(ADDRESS, register);
    } else {
      e.hot.memory(4, 0x8d, ADDRESS, register, distance);
    }
    if (!e.mode.stack32) {
      e.hot.register(4, 0x0fb7, ADDRESS, ADDRESS);
    }
    access(SegmentRegister.SS, size, write);
  }

  private int group() {
    return e.shared.group(e.index(), accesses++);
  }

  /** Whether {@link #base} is the operand's offset after a probe. */
  boolean baseIsOffset(Insn i) {
    return displacement == 0 && e.mode.kind(i.segment) == CodeMode.FLAT;
  }

  /** The base register of the operand that was probed last. */
  int base() {
    return base;
  }

  /** Probes the operand at an offset in {@link HostRegisters#ADDRESS} within a segment. */
  void access(int segment, int size, boolean write) {
    access(segment, size, write, false, Exit.INTERPRET);
  }

  /**
   * As {@link #access}, for several stores: the address of the first, which CR2 shows if it faults,
   * is not the lowest, so whatever is unusual is the interpreter's.
   */
  void stores(int segment, int bytes) {
    linear(segment, bytes, true);
    int stub = e.stub(Exit.INTERPRET, e.start(), e.index());
    linear(bytes, true, stub, stub);
  }

  /** As {@link #access}, for the next element of a repeated string instruction. */
  void element(int segment, int size, boolean write) {
    access(segment, size, write, false, Exit.REPEAT);
  }

  private void access(int segment, int size, boolean write, boolean aligned, Exit crossing) {
    base = ADDRESS;
    displacement = 0;
    held = SharedProbes.NONE;
    linear(segment, size, write);
    translate(size, write, aligned, crossing);
  }

  /** Probes the operand at a linear address that a guest's register holds. */
  private void register(int register, int size, boolean write, boolean aligned) {
    base = register;
    displacement = 0;
    held = SharedProbes.NONE;
    translate(size, write, aligned, Exit.INTERPRET);
  }

  /** An operand of which {@link LoopEntry} has seen to it that it can be accessed. */
  private void stream(Insn i, int stream, int size) {
    boolean direct = LoopStreams.direct(i);
    if (!direct) {
      offset(i, ADDRESS);
    }
    base = direct ? HostRegisters.of(i.base) : ADDRESS;
    displacement = direct ? i.displacement : 0;
    bytes = size;
    int holder = SharedProbes.LIMIT + stream;
    if (e.streams.register(stream) != HostAssembler.NONE) {
      addend = e.streams.register(stream);
    } else if (held != holder) {
      e.hot.memory(8, 0x8b, ADDEND, HostRegisters.STATE, LoopEntry.slot(stream));
      held = holder;
    }
  }

  // ---- groups

  private void shared(
      int group, int register, int distance, int size, boolean write, boolean aligned) {
    HostAssembler a = e.hot;
    if (aligned) { // comes before faults of the page
      a.memory(4, 0x8d, ADDRESS, register, distance);
      testLow(ADDRESS, size - 1);
      e.exitIf(NOT_ZERO, Exit.INTERPRET);
    }
    if (e.sharedProbed(group)) {
      if (held != group) {
        a.memory(8, 0x8b, ADDEND, HostRegisters.STATE, slot(group));
      }
    } else {
      probeGroup(group, register, distance, write);
    }
    base = register;
    displacement = distance;
    bytes = size;
    held = group;
  }

  private static int slot(int group) {
    return TranslatorState.SHARED_ADDENDS + 8 * group;
  }

  /** The first access of a group: all of it has to be in one page, whose addend is kept. */
  private void probeGroup(int group, int register, int distance, boolean write) {
    HostAssembler a = e.hot;
    int from = e.shared.start(e.index(), accesses - 1, group);
    boolean writes = e.shared.writes(group);
    int apart = e.stub(Exit.SHARED, e.start(), e.index());
    if (from == 0) {
      a.move(ADDRESS, register);
    } else {
      a.memory(4, 0x8d, ADDRESS, register, from);
    }
    a.move(ADDEND, ADDRESS);
    a.and(ADDEND, 0xfff);
    a.compare(ADDEND, 0x1000 - e.shared.span(group));
    e.jumpIf(ABOVE, apart);
    e.checks.view();
    addend(a, ADDRESS, (int) (writes ? TranslationMap.WRITE : TranslationMap.READ));
    a.register(8, 0x85, ADDEND, ADDEND);
    if (writes) {
      e.jumpIf(ZERO, apart);
    } else {
      int miss = e.coldOffset();
      e.cold.memory(4, 0x8d, ADDRESS, register, distance);
      e.stub(Exit.READ, e.start(), e.index());
      e.jumpIf(ZERO, miss);
    }
    e.checks.probed(ADDRESS, ADDEND, 0);
    a.memory(8, 0x89, ADDEND, HostRegisters.STATE, slot(group));
    sharing = true;
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
    boolean beside = write && otherwise != Exit.REPEAT;
    int miss = beside ? 0 : miss(write);
    bytes = size;
    e.checks.view();
    addend(a, base, map);
    if (size > 1) {
      // an aligned access cannot leave its page; others are looked at more closely
      int alignment = size == 10 ? 16 : size;
      testLow(base, alignment - 1);
      int crossing = e.stub(otherwise, e.start(), e.index());
      if (aligned) {
        e.jumpIf(NOT_ZERO, crossing);
      } else {
        unaligned(size, map, crossing);
      }
    }
    a.register(8, 0x85, ADDEND, ADDEND);
    if (beside) {
      besideCode(size);
    } else {
      e.jumpIf(ZERO, miss);
    }
    e.checks.probed(base, ADDEND, 0);
  }

  private void testLow(int register, int mask) {
    HostAssembler a = e.hot;
    if (register == HostAssembler.RBP
        || register == HostAssembler.RSI
        || register == HostAssembler.RDI) {
      a.emit8(0x40); // their low bytes need a prefix
    }
    a.register(1, 0xf6, 0, register);
    a.emit8(mask);
  }

  /** A way out that tells the address. */
  private int miss(boolean write) {
    int at = e.coldOffset();
    tell();
    e.stub(write ? Exit.WRITE_PAGE : Exit.READ, e.start(), e.index());
    return at;
  }

  private void tell() {
    if (base != ADDRESS) {
      e.cold.move(ADDRESS, base);
    }
  }

  /** What the map for writes does not serve, the one for writes beside code may. */
  private void besideCode(int size) {
    e.jumpIf(ZERO, e.coldOffset());
    int back = e.hotOffset();
    tell();
    e.callFromCold(e.entry().besideCode);
    e.coldJumpIf(NOT_ZERO, back);
    e.stub(Exit.WRITE, e.start(), e.index());
    e.cold.emit8(size);
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
    withinPage(bytes, write, miss);
  }

  /** As {@link #linear}, for what is known to lie within a page. */
  void withinPage(int bytes, boolean write, int miss) {
    this.bytes = bytes;
    base = ADDRESS;
    displacement = 0;
    held = SharedProbes.NONE;
    e.checks.view();
    addend(e.hot, ADDRESS, (int) (write ? TranslationMap.WRITE : TranslationMap.READ));
    e.hot.register(8, 0x85, ADDEND, ADDEND);
    e.jumpIf(ZERO, miss);
    e.checks.probed(ADDRESS, ADDEND, 0);
  }

  private void unaligned(int size, int map, int crossing) {
    int unaligned = e.coldOffset();
    e.jumpIf(NOT_ZERO, unaligned);
    int back = e.hotOffset();
    HostAssembler cold = e.cold;
    cold.move(ADDEND, base);
    cold.and(ADDEND, 0xfff);
    cold.compare(ADDEND, 0x1000 - size);
    e.coldJumpIf(ABOVE, crossing);
    addend(cold, base, map);
    e.coldJump(back);
  }

  private static void addend(HostAssembler a, int address, int map) {
    a.move(ADDEND, address);
    a.shift(4, 5, ADDEND, 12);
    a.memory(8, 0x8b, ADDEND, HostRegisters.VIEW, ADDEND, 3, map);
  }

  /** An instruction on a part of the operand that was probed last. */
  void instruction(int size, int opcode, int reg, int offset) {
    e.checks.access(base, addend, 0, displacement, bytes);
    e.hot.memory(size, opcode, reg, base, addend, 0, displacement + offset);
  }

  /** The same with a mandatory prefix, or 0, on the whole operand. */
  void instructionWithPrefix(int prefix, int size, int opcode, int reg) {
    e.checks.access(base, addend, 0, displacement, bytes);
    if (prefix != 0) {
      e.hot.emit8(prefix);
    }
    e.hot.memory(size, opcode, reg, base, addend, 0, displacement);
  }

  /** An instruction on the operand that was probed last. */
  void instruction(int size, int opcode, int reg) {
    instruction(size, opcode, reg, 0);
  }
}
