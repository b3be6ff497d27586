package org.trampoline.emulator.differential.cases;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.Operation;

/** Sets the registers of a case so that its memory operand has a given address. */
final class AddressSolver {
  private AddressSolver() {}

  /**
   * Sets a register of {@code regs} (SDM order, element 8 is 0).
   *
   * @param base the segment's
   * @param target linear address wanted
   * @return the one it has got, which is near: a scaled index alone reaches only some addresses
   */
  static int solve(Insn insn, int base, int target, int[] regs) {
    int offset = target - base - insn.displacement;
    if (insn.address16) {
      return base + solve16(insn, offset, regs);
    }
    boolean hasBase = insn.base != Insn.NO_REGISTER;
    boolean hasIndex = insn.index != Insn.NO_REGISTER;
    if (hasBase && hasIndex && insn.base == insn.index) {
      // r * (1 + scale): odd factors have an inverse modulo 2^32
      regs[insn.base] =
          switch (insn.scale) {
            case 0 -> offset >> 1;
            case 1 -> offset * 0xaaaa_aaab;
            case 2 -> offset * 0xcccc_cccd;
            default -> offset * 0x38e3_8e39;
          };
    } else if (hasBase) {
      regs[insn.base] = offset - (regs[insn.index] << insn.scale);
    } else if (hasIndex) {
      regs[insn.index] = offset >> insn.scale;
    }
    int got = offsetOf(insn, regs);
    if (base != 0 && got >= -128 && got < 0 && (hasBase || hasIndex)) {
      // across the end of a 4 GB segment processors need not agree (SDM vol. 3, 5.3)
      return solve(insn, base, target + 0x100, regs);
    }
    return base + got;
  }

  private static int solve16(Insn insn, int offset, int[] regs) {
    int register = insn.base != Insn.NO_REGISTER ? insn.base : insn.index;
    if (register != Insn.NO_REGISTER) {
      int other = register == insn.base ? regs[insn.index] : 0;
      boolean image = insn.operation == Operation.FXSAVE || insn.operation == Operation.FXRSTOR;
      int reach = image ? 0x200 : 0x80;
      if ((offset + insn.displacement & 0xffff) > 0x1_0000 - reach) {
        offset -= 2 * reach; // silicon may wrap the parts of an operand one by one
      }
      regs[register] = regs[register] & 0xffff_0000 | offset - other & 0xffff;
    }
    return offsetOf(insn, regs);
  }

  /** The effective address: an offset into the segment. */
  static int offsetOf(Insn insn, int[] regs) {
    int offset = regs[insn.base] + (regs[insn.index] << insn.scale) + insn.displacement;
    return insn.address16 ? offset & 0xffff : offset;
  }

  /** Whether {@link #solve} can give it any address that is a multiple of 16. */
  static boolean alignable(Insn insn) {
    boolean base = insn.base != Insn.NO_REGISTER;
    boolean free =
        insn.address16 ? base || insn.index != Insn.NO_REGISTER : base && insn.base != insn.index;
    return free || (insn.displacement & 15) == 0;
  }

  /** Whether the register takes part in the address. */
  static boolean uses(Insn insn, int register) {
    return insn.base == register || insn.index == register;
  }

  /** Whether changing ESP would move the operand. */
  static boolean onStack(Insn insn) {
    return uses(insn, Cpu.ESP);
  }
}
