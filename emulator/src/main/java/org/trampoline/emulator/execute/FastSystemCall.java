package org.trampoline.emulator.execute;

import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.cpu.SegmentRegister;

/** SYSENTER and SYSEXIT (SDM vol. 3, 5.8.7): flat segments, no descriptor is read. */
public final class FastSystemCall {
  private static final int CODE = 0xc09b;
  private static final int STACK = 0xc093;

  private FastSystemCall() {}

  static void sysenter(Cpu c) {
    int cs = selector(c);
    c.eflags &= ~(Eflags.VM | Eflags.IF | Eflags.RF);
    enter(c, cs, cs + 8, 0);
    c.eip = c.msr.sysenterEip;
    c.reg[Cpu.ESP] = c.msr.sysenterEsp;
  }

  static void sysexit(Cpu c) {
    int cs = selector(c);
    SystemInstructions.checkLevel0(c);
    enter(c, cs + 16 | 3, cs + 24 | 3, 3);
    c.eip = c.reg[Cpu.EDX];
    c.reg[Cpu.ESP] = c.reg[Cpu.ECX];
  }

  private static int selector(Cpu c) {
    int cs = c.msr.sysenterCs & 0xfffc;
    if ((c.cr0 & Control.CR0_PE) == 0 || cs == 0) {
      throw c.gp(0);
    }
    return cs;
  }

  private static void enter(Cpu c, int cs, int ss, int level) {
    c.segment[SegmentRegister.CS].set(cs & 0xffff, 0, -1, CODE | level << 5);
    c.segment[SegmentRegister.SS].set(ss & 0xffff, 0, -1, STACK | level << 5);
    c.setCpl(level);
    c.segmentsChanged();
  }
}
