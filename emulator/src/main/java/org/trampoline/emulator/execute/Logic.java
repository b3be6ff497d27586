package org.trampoline.emulator.execute;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Insn;

/** Logical instructions (SDM vol. 1, 5.1.4): CF and OF are cleared, AF (undefined) too. */
public final class Logic {
  private Logic() {}

  /** Sets the flags for a 32-bit logical result and returns it. */
  public static int flags32(Cpu c, int r) {
    c.zero = r;
    c.sign = r;
    c.carry = 0;
    return r;
  }

  /** Sets the flags for an 8-bit logical result and returns it, with any bits above. */
  public static int flags8(Cpu c, int r) {
    c.zero = (byte) r;
    c.sign = (byte) r;
    c.carry = 0;
    return r;
  }

  /** Sets the flags for a logical result of {@code size} bytes and returns it zero-extended. */
  public static int flags(Cpu c, int size, int r) {
    int shift = 32 - 8 * size;
    int extended = r << shift >> shift;
    c.zero = extended;
    c.sign = extended;
    c.carry = 0;
    return r << shift >>> shift;
  }

  static void and(Cpu c, Insn i) {
    int a = Operands.modify0(c, i);
    Operands.write0(c, i, flags(c, i.size0, a & Operands.read1(c, i)));
  }

  static void or(Cpu c, Insn i) {
    int a = Operands.modify0(c, i);
    Operands.write0(c, i, flags(c, i.size0, a | Operands.read1(c, i)));
  }

  static void xor(Cpu c, Insn i) {
    int a = Operands.modify0(c, i);
    Operands.write0(c, i, flags(c, i.size0, a ^ Operands.read1(c, i)));
  }

  static void test(Cpu c, Insn i) {
    int a = Operands.read0(c, i);
    flags(c, i.size0, a & Operands.read1(c, i));
  }

  static void not(Cpu c, Insn i) {
    int a = Operands.modify0(c, i);
    Operands.write0(c, i, ~a);
  }
}
