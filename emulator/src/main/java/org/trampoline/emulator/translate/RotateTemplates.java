package org.trampoline.emulator.translate;

import static org.trampoline.emulator.translate.HostOpcodes.SHL;
import static org.trampoline.emulator.translate.HostOpcodes.SHR;
import static org.trampoline.emulator.translate.HostRegisters.ADDEND;
import static org.trampoline.emulator.translate.HostRegisters.ADDRESS;
import static org.trampoline.emulator.translate.HostRegisters.FLAGS;
import static org.trampoline.emulator.translate.HostRegisters.VALUE;

import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.decode.Insn;

/**
 * ROL (0), ROR (1), RCL (2) and RCR (3), which change CF and OF only. OF, undefined for counts
 * other than 1, follows the rule for 1, as in the shared semantics.
 */
final class RotateTemplates {
  private static final int ROL = 0;
  private static final int RCL = 2;
  private static final int ADD = 0;
  private static final int CARRY = 2;
  private static final int ZERO = 4;
  private static final int SAHF = 0x9e;
  private static final int LAHF = 0x9f;

  private RotateTemplates() {}

  static boolean rotate(Emission e, Insn i, int operation) {
    int size = i.size0;
    boolean memory = i.kind0 == Insn.MEM;
    boolean constant = i.kind1 == Insn.IMM;
    HostAssembler a = e.hot;
    int target = VALUE;
    if (memory) {
      e.memory.operand(i, size, true);
    }
    if (InsnEffects.rotatesBits(i) && e.live == 0) {
      e.flags.discard();
    } else {
      e.flags.bringHome();
    }
    if (constant && (i.imm & 31) == 0) {
      return true;
    }
    if (memory) {
      e.memory.instruction(size, size == 1 ? 0x8a : 0x8b, VALUE);
    } else if (size == 1) {
      GuestRegisters.copy(e, i.index0, 1, VALUE);
    } else {
      target = HostRegisters.of(i.index0);
    }
    boolean flagsLive = (e.live & (Eflags.CF | Eflags.OF)) != 0;
    int none = 0;
    if (constant && flagsLive) {
      constant(a, size, operation, target, i.imm & 31);
      if (memory) {
        e.memory.instruction(size, size == 1 ? 0x88 : 0x89, VALUE);
      } else if (size == 1) {
        GuestRegisters.set(e, i.index0, 1, VALUE);
      }
      return true;
    }
    if (!constant) {
      a.emit8(0xf6, 0xc1, 31); // test cl,31
      none = a.jump(ZERO);
    }
    if (operation >= RCL) {
      e.flags.loadCarry();
    }
    if (constant) {
      a.shift(size, operation, target, i.imm & 31);
    } else {
      a.register(size, size == 1 ? 0xd2 : 0xd3, operation, target);
    }
    if (memory) {
      e.memory.instruction(size, size == 1 ? 0x88 : 0x89, VALUE);
    }
    if (flagsLive) {
      flags(a, operation, 8 * size, target);
    }
    if (!memory && size == 1) {
      GuestRegisters.set(e, i.index0, 1, VALUE);
    }
    if (!constant) {
      a.landJump(none);
    }
    return true;
  }

  /** Rotates; the last bit's step makes CF and OF what they have to be, all others are loaded. */
  private static void constant(HostAssembler a, int size, int operation, int target, int count) {
    a.emit8(SAHF);
    if (count > 1) {
      a.shift(size, operation, target, count - 1);
    }
    a.register(size, size == 1 ? 0xd0 : 0xd1, operation, target);
    a.emit8(LAHF);
    a.setCondition(0, FLAGS);
  }

  private static void flags(HostAssembler a, int operation, int bits, int target) {
    if (operation >= RCL) {
      a.setCondition(CARRY, ADDRESS);
      a.register(4, 0x0fb6, ADDRESS, ADDRESS);
    } else {
      bit(a, ADDRESS, target, operation == ROL ? 0 : bits - 1);
    }
    if (operation == ROL || operation == RCL) {
      // OF: whether the highest bit differs from CF
      bit(a, ADDEND, target, bits - 1);
      a.register(4, 0x31, ADDRESS, ADDEND);
    } else {
      // OF: whether the highest two bits differ
      a.move(ADDEND, target);
      a.shift(4, SHR, ADDEND, bits - 2);
      a.arithmeticImmediate(4, ADD, ADDEND, 1);
      a.shift(4, SHR, ADDEND, 1);
      a.and(ADDEND, 1);
    }
    a.shift(4, SHL, ADDRESS, 8);
    a.and(FLAGS, 0xd600);
    a.register(4, 0x09, ADDRESS, FLAGS);
    a.register(4, 0x09, ADDEND, FLAGS);
  }

  private static void bit(HostAssembler a, int to, int from, int number) {
    a.move(to, from);
    if (number > 0) {
      a.shift(4, SHR, to, number);
    }
    a.and(to, 1);
  }
}
