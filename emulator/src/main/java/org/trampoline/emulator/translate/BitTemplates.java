package org.trampoline.emulator.translate;

import org.trampoline.emulator.decode.Insn;

/** BT and its relatives, BSF, BSR, BSWAP. */
final class BitTemplates {
  private static final int ADDRESS = HostRegisters.ADDRESS;
  private static final int VALUE = HostRegisters.VALUE;
  private static final int BT = 4;
  private static final int SAR = 7;
  private static final int NOT_ZERO = 5;

  private BitTemplates() {}

  /**
   * BT (4), BTS, BTR, BTC (7). An offset in a register reaches beyond the operand in memory, both
   * ways; the host does it on what is loaded from there.
   */
  static boolean test(Emission e, Insn i, int extension) {
    int size = i.size0;
    HostAssembler a = e.hot;
    boolean constant = i.kind1 == Insn.IMM;
    if (i.kind0 != Insn.MEM) {
      e.flags.bringHome();
      bit(a, i, extension, HostRegisters.of(i.index0));
    } else if (constant) {
      e.memory.operand(i, size, extension != BT);
      e.memory.instruction(size, 0x0fba, extension);
      a.emit8(i.imm & 8 * size - 1);
    } else {
      e.retryHere();
      e.memory.offset(i, ADDRESS);
      addUnits(a, i, size);
      e.memory.access(i.segment, size, extension != BT);
      e.memory.instruction(size, 0x8b, VALUE);
      bit(a, i, extension, VALUE);
      if (extension != BT) {
        e.memory.instruction(size, 0x89, VALUE);
      }
    }
    carryOnly(e);
    return true;
  }

  private static void bit(HostAssembler a, Insn i, int extension, int target) {
    if (i.kind1 == Insn.IMM) {
      a.register(i.size0, 0x0fba, extension, target);
      a.emit8(i.imm & 8 * i.size0 - 1);
    } else {
      a.register(i.size0, 0x0f83 | extension << 3, HostRegisters.of(i.index1), target);
    }
  }

  /** Moves the address to the unit of the operand's size that the bit lies in. */
  private static void addUnits(HostAssembler a, Insn i, int size) {
    int index = HostRegisters.of(i.index1);
    boolean doubleword = size == 4;
    a.register(4, doubleword ? 0x8b : 0x0fbf, VALUE, index);
    a.shift(4, SAR, VALUE, doubleword ? 5 : 4);
    a.memory(4, 0x8d, ADDRESS, ADDRESS, VALUE, doubleword ? 2 : 1, 0);
    if (i.address16) {
      a.register(4, 0x0fb7, ADDRESS, ADDRESS);
    }
  }

  /** Merges the host's CF into the flags at home. */
  private static void carryOnly(Emission e) {
    HostAssembler a = e.hot;
    e.flags.bringHome();
    a.setCondition(2, ADDRESS);
    a.register(4, 0x0fb6, ADDRESS, ADDRESS);
    a.shift(4, 4, ADDRESS, 8);
    a.and(HostRegisters.FLAGS, ~0x100);
    a.register(4, 0x09, ADDRESS, HostRegisters.FLAGS);
    e.flags.atHome();
  }

  /** BSF, BSR: of 0 the destination keeps its value; the flags are those of the source. */
  static boolean scan(Emission e, Insn i, int opcode) {
    int size = i.size1;
    HostAssembler a = e.hot;
    if (i.kind1 == Insn.MEM) {
      e.memory.operand(i, size, false);
      e.memory.instruction(size, 0x8b, VALUE);
    } else {
      a.move(VALUE, HostRegisters.of(i.index1));
    }
    a.register(size, opcode, ADDRESS, VALUE);
    a.register(size, 0x85, VALUE, VALUE);
    a.register(size, 0x0f40 | NOT_ZERO, HostRegisters.of(i.index0), ADDRESS);
    e.flags.produced(FlagState.Kind.LOGIC, e.live);
    return true;
  }

  static boolean swap(Emission e, Insn i) {
    int target = HostRegisters.of(i.index0);
    if (i.size0 == 4) {
      if (target > 7) {
        e.hot.emit8(0x41);
      }
      e.hot.emit8(0x0f, 0xc8 | target & 7);
    } else {
      e.hot.moveImmediate(VALUE, 0);
      e.hot.register(2, 0x8b, target, VALUE);
    }
    return true;
  }
}
