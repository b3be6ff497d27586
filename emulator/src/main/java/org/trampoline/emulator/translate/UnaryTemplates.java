package org.trampoline.emulator.translate;

import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.decode.Insn;

/** INC, DEC, NOT, NEG. */
final class UnaryTemplates {
  private UnaryTemplates() {}

  /** INC (0) and DEC (1), which leave CF alone. */
  static boolean step(Emission e, Insn i, int extension) {
    int size = i.size0;
    int opcode = size == 1 ? 0xfe : 0xff;
    boolean memory = i.kind0 == Insn.MEM;
    if (memory) {
      e.memory.operand(i, size, true);
    }
    int to = memory ? 0 : GuestRegisters.open(e, i.index0, size);
    if ((e.live & Eflags.CF) != 0) {
      e.flags.loadCarry();
    }
    apply(e, memory, size, opcode, extension, to);
    e.flags.produced(FlagState.Kind.ARITHMETIC, e.live);
    if (!memory) {
      GuestRegisters.close(e, i.index0, size);
    }
    return true;
  }

  static boolean not(Emission e, Insn i) {
    return change(e, i, 2, false);
  }

  static boolean neg(Emission e, Insn i) {
    return change(e, i, 3, true);
  }

  private static boolean change(Emission e, Insn i, int extension, boolean flags) {
    int size = i.size0;
    int opcode = size == 1 ? 0xf6 : 0xf7;
    boolean memory = i.kind0 == Insn.MEM;
    if (memory) {
      e.memory.operand(i, size, true);
    }
    int to = memory ? 0 : GuestRegisters.open(e, i.index0, size);
    apply(e, memory, size, opcode, extension, to);
    if (flags) {
      e.flags.produced(FlagState.Kind.ARITHMETIC, e.live);
    }
    if (!memory) {
      GuestRegisters.close(e, i.index0, size);
    }
    return true;
  }

  private static void apply(
      Emission e, boolean memory, int size, int opcode, int extension, int to) {
    if (memory) {
      e.memory.instruction(size, opcode, extension);
    } else {
      e.hot.register(size, opcode, extension, to);
    }
  }
}
