package org.trampoline.emulator.execute;

import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.fault.DebugTraps;
import org.trampoline.emulator.fault.Vector;

/** MOV of debug registers (SDM vol. 3, 17.2). */
public final class DebugRegisters {
  private static final int DR6_WRITABLE = 0xe00f;
  private static final int DR6_ALWAYS_1 = 0xffff_0ff0;

  private DebugRegisters() {}

  static void movFromDebug(Cpu c, Insn i) {
    c.reg[i.index0] = c.dr[require(c, i.index1)];
  }

  static void movToDebug(Cpu c, Insn i) {
    int number = require(c, i.index0);
    int value = c.reg[i.index1];
    switch (number) {
      case 6 -> c.dr[6] = value & DR6_WRITABLE | DR6_ALWAYS_1;
      case 7 -> DebugTraps.setControl(c, value);
      default -> c.dr[number] = value;
    }
  }

  /** The register meant: DR4 and DR5 are DR6 and DR7, or #UD while CR4.DE is set. */
  private static int require(Cpu c, int number) {
    boolean alias = number == 4 || number == 5;
    if (alias && (c.cr4 & Control.CR4_DE) != 0) {
      throw c.ud();
    }
    SystemInstructions.checkLevel0(c);
    if ((c.dr[7] & DebugTraps.GENERAL_DETECT) != 0) {
      c.fault.set(Vector.DB).debugStatus = DebugTraps.ACCESS_DETECTED;
      throw c.fault;
    }
    return alias ? number + 2 : number;
  }
}
