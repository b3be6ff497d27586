package org.trampoline.emulator.translate;

import static org.trampoline.emulator.translate.HostOpcodes.NOT_EQUAL;
import static org.trampoline.emulator.translate.HostOpcodes.SHL;
import static org.trampoline.emulator.translate.HostOpcodes.SHR;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.decode.Insn;

/** Shifts. OF and AF, undefined for most counts, are set as the shared semantics do. */
final class ShiftTemplates {
  private static final int SAR = 7;
  private static final int CARRY = 2;
  private static final int ZERO = 4;
  private static final int ADDRESS = HostRegisters.ADDRESS;
  private static final int VALUE = HostRegisters.VALUE;
  private static final int FLAGS = HostRegisters.FLAGS;

  /** SF, ZF, PF and CF as lahf gives them, and OF. */
  private static final int ALL_BUT_AUXILIARY = 0xc501;

  private ShiftTemplates() {}

  /** SHL (4), SHR (5), SAR (7). */
  static boolean shift(Emission e, Insn i, int operation) {
    int size = i.size0;
    boolean constant = i.kind1 == Insn.IMM;
    boolean memory = i.kind0 == Insn.MEM;
    int count = i.imm & 31;
    if (constant && count == 0) {
      if (memory) {
        e.memory.operand(i, size, true); // writes back what it read
      }
      return true;
    }
    if (size != 4 && (!constant || count >= 8 * size)) {
      return narrow(e, i, operation);
    }
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
      highestBefore(a, count, target, 32);
    }
    a.and(FLAGS, ALL_BUT_AUXILIARY);
  }

  /**
   * Shifts of 8 and 16 bits by CL, or by more than they have: done in 32 bits, where the bits that
   * come out at the top are still to be seen.
   */
  private static boolean narrow(Emission e, Insn i, int operation) {
    int size = i.size0;
    boolean memory = i.kind0 == Insn.MEM;
    boolean constant = i.kind1 == Insn.IMM;
    HostAssembler a = e.hot;
    int extend = (operation == SAR ? 0x0fbe : 0x0fb6) | (size == 1 ? 0 : 1);
    if (memory) {
      e.memory.operand(i, size, true);
      e.memory.instruction(4, extend, VALUE);
    } else {
      e.flags.bringHome();
      a.register(4, extend, VALUE, GuestRegisters.value(e, i.index0, size, VALUE));
    }
    int none = 0;
    if (constant) {
      a.shift(4, operation, VALUE, i.imm & 31);
    } else {
      a.emit8(0xf6, 0xc1, 31); // test cl,31
      none = a.jump(ZERO);
      a.register(4, 0xd3, operation, VALUE);
    }
    store(e, i, memory, size);
    if (e.live != 0) {
      narrowFlags(a, operation, size, constant);
    }
    e.flags.atHome();
    if (!memory) {
      GuestRegisters.set(e, i.index0, size, VALUE);
    }
    if (!constant) {
      a.landJump(none);
    }
    return true;
  }

  private static void narrowFlags(HostAssembler a, int operation, int size, boolean constant) {
    if (operation == SHL) {
      a.register(size, size == 1 ? 0x84 : 0x85, VALUE, VALUE); // test: CF is 0
      a.emit8(0x9f); // lahf
      a.register(4, 0x0fba, 4, VALUE); // bt
      a.emit8(8 * size);
      a.setCondition(CARRY, FLAGS);
      a.emit8(0x08, 0xc4); // or ah,al
      overflow(a, operation);
    } else {
      a.emit8(0x9f); // lahf
      overflow(a, operation);
      if (operation == SHR && !constant) {
        highestBefore(a, HostRegisters.of(Cpu.ECX), VALUE, 8 * size);
      }
    }
    a.and(FLAGS, ALL_BUT_AUXILIARY);
  }

  /** Makes OF the bit that was the highest, if SHR was by 1. */
  private static void highestBefore(HostAssembler a, int count, int target, int bits) {
    a.move(ADDRESS, count);
    a.and(ADDRESS, 31);
    a.compare(ADDRESS, 1);
    int more = a.jumpShort(NOT_EQUAL);
    a.register(4, 0x0fba, 4, target); // bt
    a.emit8(bits - 2);
    a.setCondition(CARRY, FLAGS);
    a.land(more);
  }

  /**
   * SHLD, SHRD. OF says whether the sign has changed. What 16 bits become by more than 16 is left
   * to the semantics.
   */
  static boolean pair(Emission e, Insn i, int opcode) {
    int size = i.size0;
    int count = i.imm & 31;
    boolean constant = i.kind2 == Insn.IMM;
    boolean memory = i.kind0 == Insn.MEM;
    if (constant && (count == 0 || count > 8 * size)) {
      return false;
    }
    HostAssembler a = e.hot;
    int source = HostRegisters.of(i.index1);
    int target = HostRegisters.of(i.index0);
    if (memory) {
      e.memory.operand(i, size, true);
    } else {
      e.flags.spill();
    }
    int none = 0;
    if (!constant) {
      if (size == 2) {
        a.emit8(0xf6, 0xc1, 16); // test cl,16
        e.exitIf(NOT_EQUAL, Exit.INTERPRET);
      }
      a.emit8(0xf6, 0xc1, 31);
      none = a.jump(ZERO);
    }
    int shift = constant ? opcode : opcode | 1;
    if (memory) {
      e.memory.instruction(size, 0x8b, VALUE);
      e.memory.instruction(size, shift, source);
    } else {
      a.move(VALUE, target);
      a.register(size, shift, source, target);
    }
    if (constant) {
      a.emit8(count);
    }
    a.emit8(0x9f); // lahf
    if (memory) {
      e.memory.instruction(size, 0x33, VALUE);
    } else {
      a.register(size, 0x33, VALUE, target);
    }
    a.shift(4, SHR, VALUE, 8 * size - 1);
    if (size == 2) {
      a.and(VALUE, 1);
    }
    a.and(FLAGS, 0xc500);
    a.register(4, 0x09, VALUE, FLAGS);
    if (!constant) {
      a.landJump(none);
    }
    e.flags.atHome();
    return true;
  }
}
