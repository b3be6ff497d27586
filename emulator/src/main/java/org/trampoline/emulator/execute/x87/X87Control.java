package org.trampoline.emulator.execute.x87;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.execute.Operands;

/** The control instructions (SDM vol. 1, 8.3.13): state, stack pointer, control and status word. */
public final class X87Control {
  /** What FNSTENV leaves in the control word: every exception masked. */
  private static final int ALL_MASKED = StatusWord.EXCEPTIONS;

  private X87Control() {}

  static void fnop(Cpu c, Insn i) {
    c.fpu.begin(c, i);
    c.fpu.remember(c, i);
  }

  /** FNENI, FNDISI and FNSETPM, which were for the 8087 and the 287. */
  static void fnop8087(Cpu c, Insn i) {
    Fpu.available(c);
  }

  static void fwait(Cpu c, Insn i) {
    c.fpu.await(c, i);
  }

  static void fninit(Cpu c, Insn i) {
    Fpu.available(c);
    c.fpu.initialize();
  }

  static void fnclex(Cpu c, Insn i) {
    Fpu.available(c);
    c.fpu.clearExceptions();
  }

  static void fldcw(Cpu c, Insn i) {
    c.fpu.begin(c, i);
    c.fpu.setControlWord(c.mmu.read16(Operands.readAddress(c, i, 2)));
  }

  static void fnstcw(Cpu c, Insn i) {
    Fpu.available(c);
    c.mmu.write16(Operands.writeAddress(c, i, 2), c.fpu.controlWord());
  }

  /** To memory or AX. */
  static void fnstsw(Cpu c, Insn i) {
    Fpu.available(c);
    if (i.kind0 == Insn.MEM) {
      c.mmu.write16(Operands.writeAddress(c, i, 2), c.fpu.statusWord());
    } else {
      c.reg16(Cpu.EAX, c.fpu.statusWord());
    }
  }

  static void fldenv(Cpu c, Insn i) {
    c.fpu.begin(c, i);
    Environment.load(c, readable(c, i, Environment.size(i.operandSize)), i.operandSize);
  }

  static void fnstenv(Cpu c, Insn i) {
    Fpu.available(c);
    Environment.store(c, writable(c, i, Environment.size(i.operandSize)), i.operandSize);
    c.fpu.setControlWord(c.fpu.controlWord() | ALL_MASKED);
  }

  static void frstor(Cpu c, Insn i) {
    c.fpu.begin(c, i);
    int linear = readable(c, i, Environment.stateSize(i.operandSize));
    Environment.load(c, linear, i.operandSize);
    Environment.loadRegisters(c, linear, i.operandSize);
  }

  static void fnsave(Cpu c, Insn i) {
    Fpu.available(c);
    int linear = writable(c, i, Environment.stateSize(i.operandSize));
    Environment.store(c, linear, i.operandSize);
    Environment.storeRegisters(c, linear, i.operandSize);
    c.fpu.initialize();
  }

  private static int readable(Cpu c, Insn i, int size) {
    int linear = Operands.readAddress(c, i, size);
    c.mmu.probeRead(linear, size);
    return linear;
  }

  private static int writable(Cpu c, Insn i, int size) {
    int linear = Operands.writeAddress(c, i, size);
    c.mmu.probeWrite(linear, size);
    return linear;
  }

  static void fincstp(Cpu c, Insn i) {
    rotate(c, i, 1);
  }

  static void fdecstp(Cpu c, Insn i) {
    rotate(c, i, -1);
  }

  private static void rotate(Cpu c, Insn i, int by) {
    Fpu f = c.fpu;
    f.begin(c, i);
    f.remember(c, i);
    f.top = f.register(by);
    f.conclude();
  }

  static void ffree(Cpu c, Insn i) {
    c.fpu.begin(c, i);
    c.fpu.remember(c, i);
    c.fpu.conclude();
    c.fpu.free(i.index0);
  }

  /** The undocumented DF C0+i: FFREE and a pop. */
  static void ffreep(Cpu c, Insn i) {
    ffree(c, i);
    c.fpu.pop();
  }
}
