package org.trampoline.emulator.fault;

import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;

/** The debug registers: breakpoints and their status (SDM vol. 3, 17.2). */
public final class DebugTraps {
  /** DR6.BD: a MOV of a debug register while DR7.GD is set. */
  public static final int ACCESS_DETECTED = 1 << 13;

  /** DR6.BS: single step. */
  public static final int SINGLE_STEP = 1 << 14;

  /** DR6.BT: a task began whose TSS has the T bit. */
  public static final int TASK_SWITCH = 1 << 15;

  /** DR7.GD: the next access to a debug register is a #DB. */
  public static final int GENERAL_DETECT = 1 << 13;

  private static final int MATCHED = 0xf;
  private static final int DR7_ALWAYS_0 = 0xd800;
  private static final int DR7_ALWAYS_1 = 0x400;

  private static final int EXECUTE = 0;
  private static final int WRITE = 1;
  private static final int IO = 2;

  private DebugTraps() {}

  /** Writes DR7 and works out which kinds of breakpoint are armed. */
  public static void setControl(Cpu c, int value) {
    int dr7 = value & ~DR7_ALWAYS_0 | DR7_ALWAYS_1;
    c.dr[7] = dr7;
    c.codeBreakpoints = false;
    c.dataBreakpoints = false;
    for (int n = 0; n < 4; n++) {
      if (enabled(dr7, n)) {
        if (condition(dr7, n) == EXECUTE) {
          c.codeBreakpoints = true;
        } else {
          c.dataBreakpoints = true;
        }
      }
    }
    c.noticeEvents();
  }

  private static boolean enabled(int dr7, int n) {
    return (dr7 >>> 2 * n & 3) != 0;
  }

  private static int condition(int dr7, int n) {
    return dr7 >>> 16 + 4 * n & 3;
  }

  /** Bytes a breakpoint covers: 1, 2, 8 or 4 by LEN. */
  private static int length(int dr7, int n) {
    return switch (dr7 >>> 18 + 4 * n & 3) {
      case 0 -> 1;
      case 1 -> 2;
      case 2 -> 8;
      default -> 4;
    };
  }

  private static boolean overlaps(Cpu c, int n, int address, int size) {
    int length = length(c.dr[7], n);
    int first = c.dr[n] & -length;
    return Integer.compareUnsigned(address, first + length - 1) <= 0
        && Integer.compareUnsigned(address + size - 1, first) >= 0;
  }

  /**
   * Notes the data breakpoints that an access hits; the trap follows the instruction. To be called
   * for every completed access while {@link Cpu#dataBreakpoints} is set.
   *
   * @param linear its first byte
   * @param size in bytes
   */
  public static void access(Cpu c, int linear, int size, boolean write) {
    int dr7 = c.dr[7];
    for (int n = 0; n < 4; n++) {
      int condition = condition(dr7, n);
      boolean kind = condition == 3 || condition == WRITE && write;
      if (kind && enabled(dr7, n) && overlaps(c, n, linear, size)) {
        c.debugTraps |= 1 << n;
        c.askForEvents();
      }
    }
  }

  /** Notes the I/O breakpoints that an access to a port hits; needs CR4.DE. */
  public static void port(Cpu c, int port, int size) {
    if (!c.dataBreakpoints || (c.cr4 & Control.CR4_DE) == 0) {
      return;
    }
    int dr7 = c.dr[7];
    for (int n = 0; n < 4; n++) {
      if (condition(dr7, n) == IO && enabled(dr7, n) && overlaps(c, n, port, size)) {
        c.debugTraps |= 1 << n;
        c.askForEvents();
      }
    }
  }

  /** DR6 bits of the instruction breakpoints at a linear address. */
  static int atInstruction(Cpu c, int linear) {
    int dr7 = c.dr[7];
    int hit = 0;
    for (int n = 0; n < 4; n++) {
      if (condition(dr7, n) == EXECUTE && enabled(dr7, n) && c.dr[n] == linear) {
        hit |= 1 << n;
      }
    }
    return hit;
  }

  /** Enters the reasons of a #DB into DR6; its handler starts with general detection off. */
  static void report(Cpu c, int status) {
    if (status != 0) {
      c.dr[6] = c.dr[6] & ~MATCHED | status;
    }
    c.dr[7] &= ~GENERAL_DETECT;
  }
}
