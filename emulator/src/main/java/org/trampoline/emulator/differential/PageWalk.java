package org.trampoline.emulator.differential;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.engine.Register;

/**
 * Where a linear address lies in an engine's RAM, found without touching anything (SDM vol. 3,
 * chapter 4): no accessed bits, no permissions, no faults.
 */
public final class PageWalk {
  /** There is no RAM behind the address. */
  public static final long NOWHERE = -1;

  private static final int PRESENT = 1;
  private static final int LARGE = 1 << 7;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

  private PageWalk() {}

  /**
   * The physical address of a linear address, or {@link #NOWHERE}.
   *
   * @param state of the processor; its control registers are looked at
   */
  public static long physical(EngineState state, MemorySegment ram, int linear) {
    if ((state.get(Register.CR0) & Control.CR0_PG) == 0) {
      return inRam(ram, linear & 0xffff_ffffL);
    }
    int cr3 = state.get(Register.CR3);
    boolean pae = (state.get(Register.CR4) & Control.CR4_PAE) != 0;
    return inRam(ram, pae ? threeLevels(ram, cr3, linear) : twoLevels(state, ram, cr3, linear));
  }

  private static long twoLevels(EngineState state, MemorySegment ram, int cr3, int linear) {
    int directory = entry(ram, (cr3 & ~0xfff) + (linear >>> 22 << 2));
    if ((directory & PRESENT) == 0) {
      return NOWHERE;
    }
    if ((directory & LARGE) != 0 && (state.get(Register.CR4) & Control.CR4_PSE) != 0) {
      return (directory & 0xffc0_0000L) | linear & 0x3f_ffff;
    }
    int table = entry(ram, (directory & ~0xfff) + (linear >>> 10 & 0xffc));
    return (table & PRESENT) == 0 ? NOWHERE : (table & 0xffff_f000L) | linear & 0xfff;
  }

  private static long threeLevels(MemorySegment ram, int cr3, int linear) {
    int pointer = entry(ram, (cr3 & ~0x1f) + (linear >>> 30 << 3));
    if ((pointer & PRESENT) == 0) {
      return NOWHERE;
    }
    int directory = entry(ram, (pointer & ~0xfff) + (linear >>> 18 & 0xff8));
    if ((directory & PRESENT) == 0) {
      return NOWHERE;
    }
    if ((directory & LARGE) != 0) {
      return (directory & 0xffe0_0000L) | linear & 0x1f_ffff;
    }
    int table = entry(ram, (directory & ~0xfff) + (linear >>> 9 & 0xff8));
    return (table & PRESENT) == 0 ? NOWHERE : (table & 0xffff_f000L) | linear & 0xfff;
  }

  private static int entry(MemorySegment ram, int physical) {
    long address = physical & 0xffff_ffffL;
    return address + 4 <= ram.byteSize() ? ram.get(INT, address) : 0;
  }

  private static long inRam(MemorySegment ram, long physical) {
    return physical < ram.byteSize() ? physical : NOWHERE;
  }

  /**
   * Whether a physical page is one of the tables the current translation uses, whose accessed and
   * dirty bits the processor writes.
   */
  static boolean isPageTable(EngineState state, MemorySegment ram, long physical) {
    if ((state.get(Register.CR0) & Control.CR0_PG) == 0) {
      return false;
    }
    int page = (int) physical & ~0xfff;
    int directory = state.get(Register.CR3) & ~0xfff;
    if (page == directory) {
      return true;
    }
    boolean pae = (state.get(Register.CR4) & Control.CR4_PAE) != 0;
    return pae
        ? pointsTo(ram, state.get(Register.CR3) & ~0x1f, 4, 8, page, true)
        : pointsTo(ram, directory, 1024, 4, page, false);
  }

  private static boolean pointsTo(
      MemorySegment ram, int table, int entries, int size, int page, boolean further) {
    for (int i = 0; i < entries; i++) {
      int entry = entry(ram, table + i * size);
      if ((entry & PRESENT) == 0) {
        continue;
      }
      if ((entry & ~0xfff) == page
          || further && pointsTo(ram, entry & ~0xfff, 512, 8, page, false)) {
        return true;
      }
    }
    return false;
  }
}
