package org.trampoline.emulator.execute;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Insn;

/** The privilege rules that system instructions share, and the small ones (SDM vol. 3, 2.8). */
public final class SystemInstructions {
  private SystemInstructions() {}

  /** #GP(0) unless CPL is 0, as it is in real-address mode and never is in virtual-8086 mode. */
  static void checkLevel0(Cpu c) {
    if (c.cpl != 0) {
      throw c.gp(0);
    }
  }

  /** #UD in real-address and virtual-8086 mode. */
  static void checkProtected(Cpu c) {
    if (!c.protectedMode()) {
      throw c.ud();
    }
  }

  /** Stops fetching until an interrupt, an NMI or a reset. */
  static void hlt(Cpu c) {
    checkLevel0(c);
    c.halted = true;
    c.askForEvents();
  }

  /** The operand is not accessed, so neither limit nor paging is asked. */
  static void invlpg(Cpu c, Insn i) {
    checkLevel0(c);
    SegmentRegister s = c.segment[i.segment];
    c.mmu.invlpg(s.base + Operands.offset(c, i));
  }
}
