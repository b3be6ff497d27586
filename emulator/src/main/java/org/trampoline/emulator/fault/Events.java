package org.trampoline.emulator.fault;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.cpu.SegmentRegister;

/** What happens between two instructions, in the order of SDM vol. 3, table 6-2. */
public final class Events {
  private Events() {}

  /**
   * Takes the most urgent event, or prepares for the next instruction. An engine calls it before
   * the first instruction and then at every boundary (before an instruction, with eip at it) as
   * long as {@link Cpu#eventsPending} is set; it executes no more than one instruction between two
   * calls while the flag stays set, and if true is returned it calls again before executing
   * anything.
   *
   * <p>The flag is cleared here and set again if anything remains, so what is not known here (a
   * request to stop) must be looked at by the engine after this call, not before; if it comes from
   * another thread just then, the flag may stay clear.
   *
   * <p>At a boundary where {@link Cpu#repeating} is set, eip is that of an unfinished string
   * instruction; the engine clears {@code repeating} once that continues.
   *
   * @return whether an exception or interrupt was delivered
   */
  public static boolean atBoundary(Cpu c) {
    c.clearEvents();
    boolean taken = take(c);
    c.noticeEvents();
    return taken;
  }

  private static boolean take(Cpu c) {
    boolean shadow = c.shadow == c.instructions;
    boolean stackShadow = shadow && c.stackShadow;
    if ((c.eflags & Eflags.RF) != 0 && c.resume != c.instructions && !c.repeating) {
      c.eflags &= ~Eflags.RF;
    }
    if (!stackShadow) {
      int traps = c.debugTraps | (c.stepping ? DebugTraps.SINGLE_STEP : 0);
      if (traps != 0) {
        c.fault.set(Vector.DB).debugStatus = traps;
        Delivery.deliver(c, c.fault);
        return true;
      }
      if (c.nmiPending && !c.nmiBlocked) {
        Delivery.nmi(c);
        return true;
      }
    }
    if ((c.interruptLine || c.injected >= 0) && (c.eflags & Eflags.IF) != 0 && !shadow) {
      Delivery.interrupt(c, interruptVector(c));
      return true;
    }
    if (c.halted) {
      return false;
    }
    if (c.codeBreakpoints && !stackShadow && !c.repeating && (c.eflags & Eflags.RF) == 0) {
      int hit = DebugTraps.atInstruction(c, c.segment[SegmentRegister.CS].base + c.eip);
      if (hit != 0) {
        c.fault.set(Vector.DB).debugStatus = hit;
        Delivery.deliver(c, c.fault);
        return true;
      }
    }
    c.stepping = (c.eflags & Eflags.TF) != 0;
    return false;
  }

  private static int interruptVector(Cpu c) {
    int injected = c.injected;
    c.injected = -1;
    return injected >= 0 ? injected : c.interruptController.acknowledge();
  }
}
