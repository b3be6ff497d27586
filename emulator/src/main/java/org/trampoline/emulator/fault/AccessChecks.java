package org.trampoline.emulator.fault;

import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.memory.AccessInspector;

/** Alignment checks and data breakpoints on the running code's accesses. */
public final class AccessChecks implements AccessInspector {
  private final Cpu cpu;

  public AccessChecks(Cpu cpu) {
    this.cpu = cpu;
  }

  /** Whether there is anything to be checked at present. */
  public static boolean needed(Cpu c) {
    return c.dataBreakpoints || alignment(c);
  }

  /** Alignment is checked at CPL 3 with CR0.AM and EFLAGS.AC (SDM vol. 3, 6.15, vector 17). */
  private static boolean alignment(Cpu c) {
    return c.cpl == 3 && (c.eflags & Eflags.AC) != 0 && (c.cr0 & Control.CR0_AM) != 0;
  }

  /**
   * #AC(0) if a word, doubleword, quadword or 80-bit operand is not aligned; 128-bit operands that
   * must be aligned see to it themselves, and the others need not be.
   */
  @Override
  public void before(int linear, int bytes) {
    boolean aligned =
        switch (bytes) {
          case 2, 4, 8 -> (linear & bytes - 1) == 0;
          case 10 -> (linear & 7) == 0;
          default -> true;
        };
    if (!aligned && alignment(cpu)) {
      throw cpu.fault.set(Vector.AC, 0);
    }
  }

  @Override
  public void after(int linear, int bytes, boolean write) {
    if (cpu.dataBreakpoints) {
      DebugTraps.access(cpu, linear, bytes, write);
    }
  }
}
