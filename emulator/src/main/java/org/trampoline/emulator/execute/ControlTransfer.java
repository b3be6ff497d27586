package org.trampoline.emulator.execute;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Insn;

/**
 * Near control transfers (SDM vol. 1, 5.1.7). A target beyond the code segment's limit is #GP(0) of
 * the transfer itself; with 16-bit operands eip is truncated to 16 bits.
 */
public final class ControlTransfer {
  private ControlTransfer() {}

  /** Goes to an offset in the code segment, after truncation and the limit check. */
  static void jumpTo(Cpu c, int operandSize, int target) {
    int eip = operandSize == 2 ? target & 0xffff : target;
    checkLimit(c, eip);
    c.eip = eip;
  }

  private static void checkLimit(Cpu c, int eip) {
    if ((eip & 0xffff_ffffL) > c.segment[SegmentRegister.CS].high) {
      throw c.gp(0);
    }
  }

  /** JMP rel. */
  static void jumpRelative(Cpu c, Insn i) {
    jumpTo(c, i.operandSize, c.eip + i.imm);
  }

  /** JMP r/m. */
  static void jumpIndirect(Cpu c, Insn i) {
    jumpTo(c, i.operandSize, Operands.read0(c, i));
  }

  static void jcc(Cpu c, Insn i) {
    if (Condition.test(c, i.condition)) {
      jumpRelative(c, i);
    }
  }

  static void callRelative(Cpu c, Insn i) {
    call(c, i.operandSize, c.eip + i.imm);
  }

  static void callIndirect(Cpu c, Insn i) {
    call(c, i.operandSize, Operands.read0(c, i));
  }

  private static void call(Cpu c, int size, int target) {
    int eip = size == 2 ? target & 0xffff : target;
    checkLimit(c, eip);
    Stack.push(c, size, c.eip);
    c.eip = eip;
  }

  /** RET, with or without an immediate count of bytes to release. */
  static void ret(Cpu c, Insn i) {
    int size = i.operandSize;
    int eip = Stack.peek(c, 0, size);
    checkLimit(c, eip);
    Stack.release(c, size + (i.kind0 == Insn.IMM ? i.imm & 0xffff : 0));
    c.eip = eip;
  }

  /** LOOP, LOOPE, LOOPNE: the counter is CX or ECX by address size. */
  static void loop(Cpu c, Insn i, boolean condition) {
    int count = counter(c, i) - 1;
    boolean zero = i.address16 ? (count & 0xffff) == 0 : count == 0;
    if (!zero && condition) {
      jumpRelative(c, i);
    }
    setCounter(c, i, count);
  }

  static void jcxz(Cpu c, Insn i) {
    if (counter(c, i) == 0) {
      jumpRelative(c, i);
    }
  }

  /** CX or ECX by address size, as string and loop instructions count. */
  static int counter(Cpu c, Insn i) {
    return i.address16 ? c.reg[Cpu.ECX] & 0xffff : c.reg[Cpu.ECX];
  }

  static void setCounter(Cpu c, Insn i, int value) {
    if (i.address16) {
      c.reg16(Cpu.ECX, value);
    } else {
      c.reg[Cpu.ECX] = value;
    }
  }
}
