package org.trampoline.emulator.fault;

import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;

/**
 * Brings exceptions and interrupts to the guest's handlers (SDM vol. 3, chapter 6): {@link
 * GateEntry} does one transfer, this class decides what happens if a transfer itself faults.
 */
public final class Delivery {
  private static final int CONTRIBUTORY =
      1 << Vector.DE | 1 << Vector.TS | 1 << Vector.NP | 1 << Vector.SS | 1 << Vector.GP;

  /**
   * Exceptions of one delivery. One after the other that make no double fault can go on for ever,
   * as #AC does if its handler's stack is not aligned at level 3; no interrupt ends that.
   */
  private static final int ENDLESS = 64;

  private Delivery() {}

  /**
   * Delivers an exception. For a fault, eip must be that of the instruction that raised it.
   *
   * @throws MachineStop with {@link StopReason.TripleFault} if the processor shuts down, or meets
   *     exceptions for ever
   */
  public static void deliver(Cpu c, GuestFault fault) {
    if (fault.vector == Vector.NONE) {
      return;
    }
    int first = fault.vector;
    int firstCode = fault.errorCode;
    int linear = fault.linear;
    boolean resume = setsResume(c, fault);
    if (first == Vector.DB) {
      DebugTraps.report(c, fault.debugStatus);
    }
    int vector = first;
    int code = firstCode;
    // what the unfinished instruction would have trapped on has not happened
    c.debugTraps = 0;
    for (int met = 1; ; met++) {
      if (vector == Vector.PF) {
        c.cr2 = linear;
      }
      try {
        GateEntry.enter(
            c, vector, false, Vector.hasErrorCode(vector) ? code : GateEntry.NO_ERROR_CODE, resume);
        entered(c);
        return;
      } catch (GuestFault second) {
        c.debugTraps = 0;
        if (vector == Vector.DF || met == ENDLESS) {
          throw new MachineStop(new StopReason.TripleFault(describe(first, firstCode)));
        }
        boolean doubled = doubles(vector, second.vector);
        linear = second.linear;
        if (doubled && second.vector == Vector.PF) {
          c.cr2 = linear;
        }
        vector = doubled ? Vector.DF : second.vector;
        code = doubled ? 0 : second.errorCode;
        resume = true;
      }
    }
  }

  /** An external interrupt at an instruction boundary, with the vector the controller gave. */
  public static void interrupt(Cpu c, int vector) {
    if (c.deliveryHook != null) {
      c.deliveryHook.interrupt(vector);
    }
    event(c, vector, c.repeating);
  }

  /** A non-maskable interrupt at an instruction boundary; blocks further ones until IRET. */
  public static void nmi(Cpu c) {
    c.nmiPending = false;
    c.nmiBlocked = true;
    if (c.deliveryHook != null) {
      c.deliveryHook.interrupt(Vector.NMI);
    }
    event(c, Vector.NMI, c.repeating);
  }

  /**
   * INT1 (ICEBP): a #DB without the privilege checks of the other software interrupts, and without
   * a reason in DR6. A fault on the way to the handler is the instruction's own, as of INT n.
   */
  public static void int1(Cpu c) {
    instruction(c, Vector.DB, false);
  }

  private static void event(Cpu c, int vector, boolean resume) {
    try {
      GateEntry.enter(c, vector, false, GateEntry.NO_ERROR_CODE, resume);
      entered(c);
    } catch (GuestFault second) {
      deliver(c, second);
    }
  }

  /**
   * INT n, INT3 and INTO, executed with eip at the next instruction. A fault of the instruction
   * itself (gate privilege, stack, …) is thrown.
   */
  public static void software(Cpu c, int vector) {
    if (c.deliveryHook != null && c.deliveryHook.software(vector)) {
      return;
    }
    instruction(c, vector, true);
  }

  private static void instruction(Cpu c, int vector, boolean privileged) {
    // a software interrupt begins with clearing RF, so 0 is saved (SDM vol. 3, 17.3.1.1)
    c.eflags &= ~Eflags.RF;
    try {
      GateEntry.enter(c, vector, privileged, GateEntry.NO_ERROR_CODE, false);
    } catch (GuestFault fault) {
      if (!fault.inNewTask) {
        throw fault;
      }
      deliver(c, fault);
    }
    entered(c);
  }

  private static void entered(Cpu c) {
    c.stepping = false;
    c.halted = false;
    c.repeating = false;
    c.shadow = -1;
    c.noticeEvents();
  }

  /**
   * Whether EFLAGS.RF is set in the image saved for an exception: for all faults and aborts but
   * instruction breakpoints, and for what interrupts a repeated string instruction (SDM vol. 3,
   * 17.3.1.1), so that no breakpoint is met again when the handler returns.
   */
  private static boolean setsResume(Cpu c, GuestFault fault) {
    return fault.vector != Vector.DB
        || c.repeating
        || (fault.debugStatus & DebugTraps.ACCESS_DETECTED) != 0;
  }

  /** SDM vol. 3, table 6-5: whether the second exception turns the first into a double fault. */
  private static boolean doubles(int first, int second) {
    if (first == Vector.PF) {
      return second == Vector.PF || isContributory(second);
    }
    return isContributory(first) && isContributory(second);
  }

  private static boolean isContributory(int vector) {
    return vector < 32 && (CONTRIBUTORY >>> vector & 1) != 0;
  }

  private static String describe(int vector, int code) {
    return Vector.name(vector)
        + (Vector.hasErrorCode(vector) ? "(0x" + Integer.toHexString(code) + ")" : "");
  }

  /** The EFLAGS image to be saved. */
  static int savedFlags(Cpu c, boolean resume) {
    return c.getEflags() | (resume ? Eflags.RF : 0);
  }
}
