package org.trampoline.emulator.fault;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.SegmentRegister;

/** The registers that a task-state segment holds (SDM vol. 3, figures 7-2 and 7-10). */
final class TaskState {
  /** Limit below which a 32-bit TSS is invalid. */
  static final int MINIMUM_LIMIT32 = 0x67;

  /** Limit below which a 16-bit TSS is invalid. */
  static final int MINIMUM_LIMIT16 = 0x2b;

  private static final int CR3 = 0x1c;
  private static final int EIP32 = 0x20;
  private static final int SEGMENTS32 = 0x48;
  private static final int LDT32 = 0x60;
  private static final int TRAP = 0x64;
  private static final int EIP16 = 0x0e;
  private static final int SEGMENTS16 = 0x22;
  private static final int LDT16 = 0x2a;

  /** A 16-bit TSS has no upper halves of general registers: they are loaded with ones. */
  private static final int NO_UPPER_HALF = 0xffff_0000;

  final boolean wide;
  final int[] reg = new int[8];
  final int[] selector = new int[6];
  int eip;
  int eflags;
  int ldt;
  int cr3;

  /** The T bit: a debug trap when the task begins. */
  boolean trap;

  private TaskState(boolean wide) {
    this.wide = wide;
  }

  /** Reads a TSS at a linear address. */
  static TaskState read(Cpu c, int base, boolean wide) {
    TaskState state = new TaskState(wide);
    if (wide) {
      state.read32(c, base);
    } else {
      state.read16(c, base);
    }
    return state;
  }

  private void read32(Cpu c, int base) {
    cr3 = c.mmu.read32System(base + CR3);
    eip = c.mmu.read32System(base + EIP32);
    eflags = c.mmu.read32System(base + EIP32 + 4);
    for (int i = 0; i < reg.length; i++) {
      reg[i] = c.mmu.read32System(base + EIP32 + 8 + 4 * i);
    }
    for (int i = 0; i < selector.length; i++) {
      selector[i] = c.mmu.read16System(base + SEGMENTS32 + 4 * i);
    }
    ldt = c.mmu.read16System(base + LDT32);
    trap = (c.mmu.read16System(base + TRAP) & 1) != 0;
  }

  private void read16(Cpu c, int base) {
    eip = c.mmu.read16System(base + EIP16);
    eflags = c.mmu.read16System(base + EIP16 + 2);
    for (int i = 0; i < reg.length; i++) {
      reg[i] = c.mmu.read16System(base + EIP16 + 4 + 2 * i) | NO_UPPER_HALF;
    }
    for (int i = 0; i <= SegmentRegister.DS; i++) {
      selector[i] = c.mmu.read16System(base + SEGMENTS16 + 2 * i);
    }
    ldt = c.mmu.read16System(base + LDT16);
  }

  /** Faults now if {@link #save} would. */
  static void probeSave(Cpu c, int base, boolean wide) {
    if (wide) {
      c.mmu.probeWriteSystem(base + EIP32, SEGMENTS32 + 22 - EIP32);
    } else {
      c.mmu.probeWriteSystem(base + EIP16, LDT16 - EIP16);
    }
  }

  /** Whether a TSS of that limit has room for what {@link #save} writes. */
  static boolean savable(long limit, boolean wide) {
    return limit >= (wide ? SEGMENTS32 + 21 : LDT16 - 1);
  }

  /** Writes the running task's state into its TSS; LDT, CR3 and the stacks are not saved. */
  static void save(Cpu c, int base, boolean wide, int eflags) {
    if (wide) {
      c.mmu.write32System(base + EIP32, c.eip);
      c.mmu.write32System(base + EIP32 + 4, eflags);
      for (int i = 0; i < 8; i++) {
        c.mmu.write32System(base + EIP32 + 8 + 4 * i, c.reg[i]);
      }
      for (int i = 0; i < c.segment.length; i++) {
        c.mmu.write16System(base + SEGMENTS32 + 4 * i, c.segment[i].selector);
      }
    } else {
      c.mmu.write16System(base + EIP16, c.eip);
      c.mmu.write16System(base + EIP16 + 2, eflags);
      for (int i = 0; i < 8; i++) {
        c.mmu.write16System(base + EIP16 + 4 + 2 * i, c.reg[i]);
      }
      for (int i = 0; i <= SegmentRegister.DS; i++) {
        c.mmu.write16System(base + SEGMENTS16 + 2 * i, c.segment[i].selector);
      }
    }
  }
}
