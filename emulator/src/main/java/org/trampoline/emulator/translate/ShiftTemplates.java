package org.trampoline.emulator.translate;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.decode.Insn;

/** Shifts and rotates. OF and AF, undefined for most counts, are set as the shared semantics do. */
final class ShiftTemplates {
  private static final int SHL = 4;
  private static final int SHR = 5;
  private static final int CARRY = 2;
  private static final int ADDRESS = HostRegisters.ADDRESS;
  private static final int ADDEND = HostRegisters.ADDEND;
  private static final int VALUE = HostRegisters.VALUE;
  private static final int FLAGS = HostRegisters.FLAGS;

  /** SF, ZF, PF and CF as lahf gives them, and OF. */
  private static final int ALL_BUT_AUXILIARY = 0xc501;

  private ShiftTemplates() {}

  /** SHL (4), SHR (5), SAR (7). */
  static boolean shift(Emission e, Insn i, int operation) {
    int size = i.size0;
    boolean constant = i.kind1 == Insn.IMM;
    int count = i.imm & 31;
    if (size != 4 && (!constant || count >= 8 * size)) {
      return false;
    }
    if (constant && count == 0) {
      if (i.kind0 == Insn.MEM) {
        return false; // writes back what it read
      }
      return true;
    }
    boolean memory = i.kind0 == Insn.MEM;
    HostAssembler a = e.hot;
    int target = VALUE;
    if (memory) {
      e.memory.operand(i, size, true);
      e.memory.instruction(size, size == 1 ? 0x8a : 0x8b, VALUE);
    } else {
      if (!constant) {
        e.flags.bringHome();
      }
      target = GuestRegisters.open(e, i.index0, size);
    }
    int opcode = (size == 1 ? 0xd0 : 0xd1) & 0xfe;
    if (constant) {
      a.shift(size, operation, target, count);
      store(e, i, memory, size);
      flags(e, operation, count);
    } else {
      a.emit8(0xf6, 0xc1, 31); // test cl,31
      int none = a.jumpShort(4);
      // cl may itself be shifted: its count is needed again for OF
      boolean countLost = target == HostRegisters.of(Cpu.ECX);
      if (countLost) {
        a.move(VALUE, target);
      }
      a.register(4, opcode | 3, operation, target);
      store(e, i, memory, size);
      variableFlags(e, operation, target, countLost ? VALUE : HostRegisters.of(Cpu.ECX));
      a.land(none);
      e.flags.atHome();
    }
    if (!memory) {
      GuestRegisters.close(e, i.index0, size);
    }
    return true;
  }

  private static void store(Emission e, Insn i, boolean memory, int size) {
    if (memory) {
      e.memory.instruction(size, size == 1 ? 0x88 : 0x89, VALUE);
    }
  }

  private static void flags(Emission e, int operation, int count) {
    if (e.flags.defers()) {
      e.hot.memory(1, 0x0f90 | CARRY, 0, HostRegisters.STATE, TranslatorState.SAVED_BIT);
    }
    if ((e.live & (Eflags.OF | Eflags.AF)) == 0) {
      e.flags.produced(FlagState.Kind.ARITHMETIC, e.live);
      return;
    }
    if (count == 1) {
      e.flags.produced(FlagState.Kind.SHIFT_ONCE, e.live);
    } else if (operation == SHL) {
      e.flags.produced(FlagState.Kind.SHIFT_LEFT, e.live);
    } else {
      e.flags.produced(FlagState.Kind.SHIFT_RIGHT, e.live);
    }
  }

  /** OF for a count above 1, from SF and CF in ah. */
  private static void overflow(HostAssembler a, int operation) {
    a.emit8(0xb0, 0); // mov al,0
    if (operation == SHL) {
      a.emit8(0x88, 0xe0); // mov al,ah
      a.emit8(0xc0, 0xe8, 7); // shr al,7
      a.emit8(0x30, 0xe0); // xor al,ah
      a.emit8(0x24, 1); // and al,1
    }
  }

  private static void variableFlags(Emission e, int operation, int target, int count) {
    if (e.live == 0) {
      return;
    }
    HostAssembler a = e.hot;
    a.emit8(0x9f); // lahf
    overflow(a, operation);
    if (operation == SHR) {
      // by 1: the bit that was the highest
      a.move(ADDRESS, count);
      a.and(ADDRESS, 31);
      a.compare(ADDRESS, 1);
      int more = a.jumpShort(5);
      a.register(4, 0x0fba, 4, target); // bt target,30
      a.emit8(30);
      a.setCondition(2, FLAGS);
      a.land(more);
    }
    a.and(FLAGS, ALL_BUT_AUXILIARY);
  }

  /** ROL (0) and ROR (1), which change CF and OF only. */
  static boolean rotate(Emission e, Insn i, int operation) {
    int size = i.size0;
    if (i.kind0 == Insn.MEM || size == 1) {
      return false;
    }
    boolean constant = i.kind1 == Insn.IMM;
    if (!constant && size != 4) {
      return false;
    }
    if (constant && (i.imm & 31) == 0) {
      return true;
    }
    HostAssembler a = e.hot;
    int target = HostRegisters.of(i.index0);
    e.flags.bringHome();
    int none = 0;
    if (constant) {
      a.shift(size, operation, target, i.imm & 31);
    } else {
      a.emit8(0xf6, 0xc1, 31); // test cl,31
      none = a.jumpShort(4);
      a.register(4, 0xd3, operation, target);
    }
    if ((e.live & (Eflags.CF | Eflags.OF)) != 0) {
      rotateFlags(a, operation, 8 * size, target);
    }
    if (!constant) {
      a.land(none);
    }
    return true;
  }

  /** CF is the bit that came round, OF whether it differs from its neighbour. */
  private static void rotateFlags(HostAssembler a, int operation, int bits, int target) {
    int carry = operation == 0 ? 0 : bits - 1;
    int other = operation == 0 ? bits - 1 : bits - 2;
    bit(a, ADDRESS, target, carry);
    bit(a, ADDEND, target, other);
    a.register(4, 0x31, ADDRESS, ADDEND);
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

  /** SHLD, SHRD of 32 bits by a constant. */
  static boolean pair(Emission e, Insn i, int opcode) {
    int count = i.imm & 31;
    if (i.size0 != 4 || i.kind2 != Insn.IMM || i.kind0 == Insn.MEM || count == 0) {
      return false;
    }
    HostAssembler a = e.hot;
    int target = HostRegisters.of(i.index0);
    e.flags.spill();
    a.move(VALUE, target);
    a.register(4, opcode, HostRegisters.of(i.index1), target);
    a.emit8(count);
    a.emit8(0x9f); // lahf
    a.register(4, 0x33, VALUE, target); // OF: the sign has changed
    a.shift(4, SHR, VALUE, 31);
    a.and(FLAGS, 0xc500);
    a.register(4, 0x09, VALUE, FLAGS);
    e.flags.atHome();
    return true;
  }
}
