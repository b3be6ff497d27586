package org.trampoline.emulator.execute.x87;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Insn;

/**
 * The instructions that push a constant (SDM vol. 1, 8.3.4). The irrational ones are known to more
 * than 64 bits and rounded as rounding control says, without PE or C1.
 */
public final class X87Constants {
  /** Bits chopped off the significand, as far as rounding needs to know them. */
  private static final long EXACT = 0;

  private static final long BELOW_HALF = 1;
  private static final long ABOVE_HALF = Long.MIN_VALUE | 1;

  private X87Constants() {}

  static void fld1(Cpu c, Insn i) {
    push(c, i, 1L << 63, 0x3fff, EXACT);
  }

  static void fldz(Cpu c, Insn i) {
    push(c, i, 0, 0, EXACT);
  }

  /** log₂ 10. */
  static void fldl2t(Cpu c, Insn i) {
    push(c, i, 0xd49a784bcd1b8afeL, 0x4000, BELOW_HALF);
  }

  /** log₂ e. */
  static void fldl2e(Cpu c, Insn i) {
    push(c, i, 0xb8aa3b295c17f0bbL, 0x3fff, ABOVE_HALF);
  }

  /** π. */
  static void fldpi(Cpu c, Insn i) {
    push(c, i, 0xc90fdaa22168c234L, 0x4000, ABOVE_HALF);
  }

  /** log₁₀ 2. */
  static void fldlg2(Cpu c, Insn i) {
    push(c, i, 0x9a209a84fbcff798L, 0x3ffd, ABOVE_HALF);
  }

  /** ln 2. */
  static void fldln2(Cpu c, Insn i) {
    push(c, i, 0xb17217f7d1cf79abL, 0x3ffe, ABOVE_HALF);
  }

  /** Pushes a positive number, of which {@code significand} has the first 64 bits. */
  private static void push(Cpu c, Insn i, long significand, int exponent, long rest) {
    Fpu f = c.fpu;
    f.begin(c, i);
    f.remember(c, i);
    boolean up = rest != 0 && f.result.roundsUp(0, significand, rest);
    f.result.set(up ? significand + 1 : significand, exponent);
    f.push();
  }
}
