package org.trampoline.emulator.translate;

import org.trampoline.emulator.decode.Insn;

/** BT and its relatives, BSF, BSR, BSWAP. */
final class BitTemplates {
  private static final int ADDRESS = HostRegisters.ADDRESS;
  private static final int VALUE = HostRegisters.VALUE;
  private static final int NOT_ZERO = 5;

  private BitTemplates() {}

  /** BT (4), BTS, BTR, BTC (7) of 32 bits in a register, or in memory by a constant. */
  static boolean test(Emission e, Insn i, int extension) {
    boolean memory = i.kind0 == Insn.MEM;
    boolean constant = i.kind1 == Insn.IMM;
    if (i.size0 != 4 || memory && !constant) {
      return false;
    }
    HostAssembler a = e.hot;
    if (memory) {
      e.memory.operand(i, 4, extension != 4);
      e.memory.instruction(4, 0x0fba, extension);
      a.emit8(i.imm & 31);
    } else {
      e.flags.bringHome();
      int target = HostRegisters.of(i.index0);
      if (constant) {
        a.register(4, 0x0fba, extension, target);
        a.emit8(i.imm & 31);
      } else {
        a.register(4, 0x0f83 | extension << 3, HostRegisters.of(i.index1), target);
      }
    }
    carryOnly(e);
    return true;
  }

  /** Merges the host's CF into the flags at home. */
  private static void carryOnly(Emission e) {
    HostAssembler a = e.hot;
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
