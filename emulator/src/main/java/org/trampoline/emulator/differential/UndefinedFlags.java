package org.trampoline.emulator.differential;

import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.decode.Attribute;
import org.trampoline.emulator.decode.Insn;

/** Which status flags an instruction leaves undefined, with the operands it was executed with. */
final class UndefinedFlags {
  private UndefinedFlags() {}

  /**
   * Mask of EFLAGS bits.
   *
   * @param cl before the instruction
   */
  static int of(Insn insn, int cl) {
    int mask = insn.form.flags().undefined();
    if (!insn.form.has(Attribute.COUNT)) {
      return mask;
    }
    boolean immediate = insn.kind1 == Insn.IMM || insn.kind2 == Insn.IMM;
    int count = (immediate ? insn.imm : cl) & 31;
    if (count == 0) {
      return 0;
    }
    if (count != 1) {
      mask |= Eflags.OF;
    }
    return switch (insn.operation) {
      case SHL, SHR -> count > 8 * insn.size0 ? mask | Eflags.CF : mask;
      // beyond the width the result is undefined too (SDM vol. 2, SHLD)
      case SHLD, SHRD -> count > 8 * insn.size0 ? mask | Eflags.STATUS : mask;
      default -> mask;
    };
  }

  /** Whether the result itself is undefined. */
  static boolean result(Insn insn, int cl) {
    return switch (insn.operation) {
      case SHLD, SHRD -> ((insn.kind2 == Insn.IMM ? insn.imm : cl) & 31) > 8 * insn.size0;
      default -> insn.form.has(Attribute.UNDEFINED_RESULT);
    };
  }
}
