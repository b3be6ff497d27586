package org.trampoline.emulator.engine;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.trampoline.emulator.cpu.Control;

/**
 * An engine's linear addresses as an onlooker sees them: the guest's page tables read in RAM (SDM
 * vol. 3, chapter 4), without faults and without touching the engine. Much slower than the engine's
 * own translation, and independent of it.
 */
public final class GuestPages {
  /** No RAM behind the address, or no translation. */
  public static final long NOWHERE = -1;

  private static final int PRESENT = 1;
  private static final int WRITABLE = 2;
  private static final int ACCESSED = 1 << 5;
  private static final int DIRTY = 1 << 6;
  private static final int LARGE = 1 << 7;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

  private final MemorySegment ram;
  private int cr0;
  private int cr3;
  private int cr4;

  // The entries of the last translation.
  private long physical;
  private boolean writable;
  private int directoryEntry;
  private int leafEntry;

  public GuestPages(MemorySegment ram) {
    this.ram = ram;
  }

  /** The control registers that translations are to use from now on. */
  public void control(int cr0, int cr3, int cr4) {
    this.cr0 = cr0;
    this.cr3 = cr3;
    this.cr4 = cr4;
  }

  /** The physical address in RAM behind a linear one, or {@link #NOWHERE}. */
  public long physical(int linear) {
    walk(linear);
    return physical;
  }

  /**
   * As {@link #physical}, for a store by the supervisor: {@link #NOWHERE} also where CR0.WP and the
   * entries forbid that.
   */
  public long writable(int linear) {
    walk(linear);
    return writable || (cr0 & Control.CR0_WP) == 0 ? physical : NOWHERE;
  }

  /** Sets the accessed bits for the address translated last, and the dirty bit for a store. */
  public void touch(boolean store) {
    if ((cr0 & Control.CR0_PG) == 0 || physical == NOWHERE) {
      return;
    }
    if (directoryEntry != leafEntry) {
      set(directoryEntry, ACCESSED);
    }
    set(leafEntry, store ? ACCESSED | DIRTY : ACCESSED);
  }

  private void set(int entry, int bits) {
    ram.set(INT, entry & 0xffff_ffffL, entry(entry) | bits);
  }

  private void walk(int linear) {
    if ((cr0 & Control.CR0_PG) == 0) {
      found(linear & 0xffff_ffffL, true);
    } else if ((cr4 & Control.CR4_PAE) != 0) {
      threeLevels(linear);
    } else {
      twoLevels(linear);
    }
  }

  private void twoLevels(int linear) {
    directoryEntry = (cr3 & ~0xfff) + (linear >>> 22 << 2);
    int directory = entry(directoryEntry);
    if ((directory & LARGE) != 0 && (cr4 & Control.CR4_PSE) != 0) {
      leaf(directoryEntry, (directory & 0xffc0_0000L) | linear & 0x3f_ffff, directory, directory);
    } else {
      leafEntry = (directory & ~0xfff) + (linear >>> 10 & 0xffc);
      int table = (directory & PRESENT) == 0 ? 0 : entry(leafEntry);
      leaf(leafEntry, (table & 0xffff_f000L) | linear & 0xfff, directory, table);
    }
  }

  private void threeLevels(int linear) {
    int pointer = entry((cr3 & ~0x1f) + (linear >>> 30 << 3));
    directoryEntry = (pointer & ~0xfff) + (linear >>> 18 & 0xff8);
    int directory = (pointer & PRESENT) == 0 ? 0 : entry(directoryEntry);
    if ((directory & LARGE) != 0) {
      leaf(directoryEntry, (directory & 0xffe0_0000L) | linear & 0x1f_ffff, directory, directory);
    } else {
      leafEntry = (directory & ~0xfff) + (linear >>> 9 & 0xff8);
      int table = (directory & PRESENT) == 0 ? 0 : entry(leafEntry);
      leaf(leafEntry, (table & 0xffff_f000L) | linear & 0xfff, directory, table);
    }
  }

  private void leaf(int at, long address, int directory, int table) {
    leafEntry = at;
    boolean present = (directory & table & PRESENT) != 0;
    found(present ? address : NOWHERE, (directory & table & WRITABLE) != 0);
  }

  private void found(long address, boolean writable) {
    physical = address < ram.byteSize() ? address : NOWHERE;
    this.writable = writable;
  }

  private int entry(int physical) {
    long address = physical & 0xffff_ffffL;
    return address + 4 <= ram.byteSize() ? ram.get(INT, address) : 0;
  }

  /**
   * Whether a physical page is one of the tables in use, whose accessed and dirty bits the
   * processor writes.
   */
  public boolean isTable(long physical) {
    if ((cr0 & Control.CR0_PG) == 0) {
      return false;
    }
    int page = (int) physical & ~0xfff;
    if ((cr4 & Control.CR4_PAE) != 0) {
      return pointsTo(cr3 & ~0x1f, 4, 8, page, true);
    }
    return page == (cr3 & ~0xfff) || pointsTo(cr3 & ~0xfff, 1024, 4, page, false);
  }

  private boolean pointsTo(int table, int entries, int size, int page, boolean further) {
    for (int i = 0; i < entries; i++) {
      int entry = entry(table + i * size);
      boolean present = (entry & PRESENT) != 0;
      if (present && (entry & ~0xfff) == page
          || present && further && pointsTo(entry & ~0xfff, 512, 8, page, false)) {
        return true;
      }
    }
    return false;
  }
}
