package org.trampoline.emulator.execute;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Insn;

/** System instructions; so far only HLT, until segmentation and delivery land. */
public final class SystemDispatch {
  private SystemDispatch() {}

  public static void execute(Cpu c, Insn i) {
    switch (i.operation) {
      case HLT -> {
        c.halted = true;
        c.eventsPending = true;
      }
      default -> throw c.ud();
    }
  }
}
