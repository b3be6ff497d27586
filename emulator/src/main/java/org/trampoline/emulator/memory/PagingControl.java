package org.trampoline.emulator.memory;

import org.trampoline.emulator.fault.GuestFault;
import org.trampoline.emulator.fault.Vector;

/**
 * The control registers as far as they decide about translation: from CR0, CR3, CR4 and the PDPTE
 * registers follow the {@link PagingMode} and the page directories.
 */
final class PagingControl {
  /** No page directory. */
  private static final int NONE = -1;

  private static final int CR0_PE = 1;
  private static final int CR0_PG = 1 << 31;
  private static final int CR0_NW_CD = 3 << 29;
  private static final int CR4_PSE = 0x10;
  private static final int CR4_PAE = 0x20;
  private static final int CR4_PGE = 0x80;

  /** In a PDPTE: 2:1, 8:5 and the addresses above 36 bits. */
  private static final long PDPTE_RESERVED = 0xffff_fff0_0000_01e6L;

  private final PhysicalMemory memory;
  private final GuestFault fault;
  private final boolean wide;

  /**
   * Frames of the page directories as CR3 or the PDPTEs name them, and as the A20 gate lets them.
   */
  private final int[] directory = {NONE, NONE, NONE, NONE};

  private final int[] throughA20 = new int[4];
  private int cr0;
  private int cr3;
  private int cr4;
  private boolean noExecute;
  private int mode;

  PagingControl(PhysicalMemory memory, GuestFault fault, boolean wide) {
    this.memory = memory;
    this.fault = fault;
    this.wide = wide;
  }

  int mode() {
    return mode;
  }

  /** Frames of the four page directories, -1 for none; all modes but PAE use only the first. */
  int[] directory() {
    for (int i = 0; i < 4; i++) {
      throughA20[i] = directory[i] == NONE ? NONE : memory.throughA20(directory[i]);
    }
    return throughA20;
  }

  /** CR4.PGE. */
  boolean globalPages() {
    return (cr4 & CR4_PGE) != 0;
  }

  /** Whether going to these values invalidates all of a TLB, global entries too. */
  boolean invalidatesAll(int newCr0, int newCr4) {
    return ((cr0 ^ newCr0) & (CR0_PG | CR0_PE)) != 0
        || ((cr4 ^ newCr4) & (CR4_PSE | CR4_PAE | CR4_PGE)) != 0;
  }

  /**
   * Takes over all three; true if CR3 is another. Throws #GP(0), with nothing changed, for a
   * reserved bit in a PDPTE (SDM vol. 3, 4.4.1).
   */
  boolean set(int newCr0, int newCr3, int newCr4) {
    int newMode = PagingMode.of(newCr0, newCr4, noExecute, wide);
    if ((newMode & PagingMode.PAE) == 0) {
      setDirectory(newMode, newCr3);
    } else if ((mode & PagingMode.PAE) == 0
        || cr3 != newCr3
        || ((cr0 ^ newCr0) & CR0_NW_CD) != 0
        || invalidatesAll(newCr0, newCr4)) {
      loadPdptes(newCr3);
    }
    boolean newTables = cr3 != newCr3;
    cr0 = newCr0;
    cr3 = newCr3;
    cr4 = newCr4;
    mode = newMode;
    return newTables;
  }

  /** As {@link #set}; PDPTEs are loaded even if CR3 stays the same. */
  void setCr3(int newCr3) {
    if ((mode & PagingMode.PAE) == 0) {
      setDirectory(mode, newCr3);
    } else {
      loadPdptes(newCr3);
    }
    cr3 = newCr3;
  }

  void setNoExecute(boolean enabled) {
    noExecute = enabled;
    mode = PagingMode.of(cr0, cr4, noExecute, wide);
  }

  private void setDirectory(int mode, int cr3) {
    directory[0] = mode == 0 ? NONE : cr3 >>> 12;
    directory[1] = NONE;
    directory[2] = NONE;
    directory[3] = NONE;
  }

  private void loadPdptes(int cr3) {
    long pointers = (long) memory.throughA20(cr3 >>> 12) << 12 | cr3 & 0xfe0;
    for (int i = 0; i < 4; i++) {
      long entry = memory.readWithin(pointers + 8L * i, 8);
      if ((entry & PageWalk.PRESENT) != 0 && (entry & PDPTE_RESERVED) != 0) {
        throw fault.set(Vector.GP, 0);
      }
    }
    for (int i = 0; i < 4; i++) {
      long entry = memory.readWithin(pointers + 8L * i, 8);
      directory[i] = (entry & PageWalk.PRESENT) != 0 ? (int) (entry >>> 12) & 0xff_ffff : NONE;
    }
  }
}
