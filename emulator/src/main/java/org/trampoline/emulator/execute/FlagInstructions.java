package org.trampoline.emulator.execute;

import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.decode.Insn;

/** PUSHF, POPF, CLI and STI with their privileges (SDM vol. 1, 3.4.3; vol. 3, 20.2.7). */
public final class FlagInstructions {
  /** What POPF can load at all; it clears RF, and VM, VIF and VIP stay. */
  private static final int POPF_FLAGS = 0x24_7fd5;

  /** PUSHF shows RF and VM as 0. */
  private static final int PUSHF_FLAGS = ~(Eflags.RF | Eflags.VM);

  private FlagInstructions() {}

  /** #GP(0) in virtual-8086 mode unless IOPL is 3; the rule of INT n, IRET, PUSHF and POPF. */
  static void checkVirtualIopl(Cpu c) {
    if (c.virtual8086() && c.iopl() != 3) {
      throw c.gp(0);
    }
  }

  private static void checkIopl(Cpu c) {
    if ((c.cr0 & Control.CR0_PE) != 0 && c.cpl > c.iopl()) {
      throw c.gp(0);
    }
  }

  static void pushf(Cpu c, Insn i) {
    checkVirtualIopl(c);
    Stack.push(c, i.operandSize, c.getEflags() & PUSHF_FLAGS);
  }

  static void popf(Cpu c, Insn i) {
    checkVirtualIopl(c);
    int mask = i.operandSize == 4 ? POPF_FLAGS : POPF_FLAGS & 0xffff;
    if ((c.cr0 & Control.CR0_PE) != 0) {
      if (c.cpl > 0) {
        mask &= ~Eflags.IOPL;
      }
      if (c.cpl > c.iopl()) {
        mask &= ~Eflags.IF;
      }
    }
    int value = Stack.pop(c, i.operandSize);
    c.setEflags(c.getEflags() & ~(mask | Eflags.RF) | value & mask);
    c.noticeEvents();
  }

  static void cli(Cpu c) {
    checkIopl(c);
    c.eflags &= ~Eflags.IF;
  }

  /** Interrupts are taken from the end of the following instruction, if they were masked. */
  static void sti(Cpu c) {
    checkIopl(c);
    if ((c.eflags & Eflags.IF) == 0) {
      c.eflags |= Eflags.IF;
      c.shadow = c.instructions + 1;
      c.stackShadow = false;
      c.noticeEvents();
    }
  }
}
