package org.trampoline.kernel.mm;

import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.Register;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.smp.TlbFlush;

/**
 * Two-level page tables in guest memory (SDM vol. 3, 4.3; Linux: arch/i386/mm/pgtable.c,
 * mm/memory.c).
 */
public final class PageTables {
  /** Entries in a page directory and in a page table. */
  public static final int PTRS_PER_PTE = 1024;

  // bits of an entry
  public static final int PRESENT = 0x001;
  public static final int RW = 0x002;
  public static final int USER = 0x004;
  public static final int ACCESSED = 0x020;
  public static final int DIRTY = 0x040;

  /** Directory entry: the page table's entries decide. */
  public static final int TABLE = PRESENT | RW | USER;

  /** A page of the kernel's. */
  public static final int PAGE_KERNEL = PRESENT | RW | ACCESSED | DIRTY;

  /** A page of a program's text. */
  public static final int PAGE_READONLY = PRESENT | USER | ACCESSED;

  /** A page of a program's stack or data. */
  public static final int PAGE_SHARED = PRESENT | RW | USER | ACCESSED;

  private static final int USER_PTRS_PER_PGD = KernelMemory.PAGE_OFFSET >>> 22;

  private final Kernel kernel;
  private final Engine engine;
  private final KernelMemory memory;
  private final PageAllocator pages;
  private final int swapperPgDir;

  /** The page tables of a kernel. */
  public PageTables(Kernel kernel, PageAllocator pages) {
    this.kernel = kernel;
    engine = kernel.engine();
    memory = kernel.memory();
    this.pages = pages;
    swapperPgDir = kernel.symbol("swapper_pg_dir");
  }

  /**
   * {@code pgd_alloc}: a page directory with the kernel's half, the user's being empty.
   *
   * @return its virtual address, 0 if there is no memory
   */
  int allocateDirectory() {
    int pgd = pages.allocateZeroed();
    if (pgd != 0) {
      int kernelHalf = 4 * USER_PTRS_PER_PGD;
      memory.copy(swapperPgDir + kernelHalf, pgd + kernelHalf, KernelMemory.PAGE_SIZE - kernelHalf);
      changed(pgd);
    }
    return pgd;
  }

  /** Whether there is a page table for a user address. */
  boolean has(int pgd, int address) {
    return (memory.read(pgd + 4 * (address >>> 22)) & PRESENT) != 0;
  }

  /** {@code pte_alloc_map}: sees to it that there is one; false if there is no memory. */
  boolean prepare(int pgd, int address) {
    if (!has(pgd, address)) {
      int table = pages.allocateZeroed();
      if (table == 0) {
        return false;
      }
      changed(table);
      set(pgd + 4 * (address >>> 22), KernelMemory.physical(table) | TABLE);
    }
    return true;
  }

  /**
   * Where a user address leads.
   *
   * @param write whether it must be writable
   * @return the kernel address of the byte, 0 if user mode could not access it
   */
  int translateUser(int pgd, int address, boolean write) {
    int needed = PRESENT | USER | (write ? RW : 0);
    if ((memory.read(pgd + 4 * (address >>> 22)) & needed) != needed) {
      return 0;
    }
    int entry = memory.read(entry(pgd, address));
    if ((entry & needed) != needed) {
      return 0;
    }
    int offset = address & KernelMemory.PAGE_SIZE - 1;
    return KernelMemory.virtual(entry & -KernelMemory.PAGE_SIZE) + offset;
  }

  /** Address of the entry for a user address, for which there is a page table. */
  int entry(int pgd, int address) {
    int table = memory.read(pgd + 4 * (address >>> 22)) & -KernelMemory.PAGE_SIZE;
    return KernelMemory.virtual(table) + 4 * (address >>> 12 & PTRS_PER_PTE - 1);
  }

  /** Is shown an entry that is not 0; false if that shall be the last. */
  interface Visitor {
    boolean visit(int address, int entry);
  }

  /** Walks the user's half; false if a visitor has ended the walk. */
  boolean each(int pgd, Visitor visitor) {
    for (int i = 0; i < USER_PTRS_PER_PGD; i++) {
      if (!has(pgd, i << 22)) {
        continue;
      }
      int table = entry(pgd, i << 22);
      for (int j = 0; j < PTRS_PER_PTE; j++) {
        int entry = table + 4 * j;
        if (memory.read(entry) != 0 && !visitor.visit(i << 22 | j << 12, entry)) {
          return false;
        }
      }
    }
    return true;
  }

  /** {@code free_pgtables}: the page tables of the user's half, which are empty. */
  void freeTables(int pgd) {
    for (int i = 0; i < USER_PTRS_PER_PGD; i++) {
      if (has(pgd, i << 22)) {
        int table = entry(pgd, i << 22);
        set(pgd + 4 * i, 0);
        pages.free(table, 0);
      }
    }
  }

  /** {@code pgd_free}. */
  void freeDirectory(int pgd) {
    pages.free(pgd, 0);
  }

  /**
   * {@code flush_tlb_mm} on one processor: forgets the user translations, if this page directory is
   * the one in use.
   */
  void flush(int pgd) {
    int cr3 = engine.get(Register.CR3);
    if (KernelMemory.virtual(cr3) == pgd) {
      engine.set(Register.CR3, cr3);
      kernel.detail(new KernelEvent.TlbFlush(kernel.current(), TlbFlush.FLUSH_ALL, false));
    }
  }

  /** {@code set_pte}. */
  void set(int entry, int value) {
    memory.write(entry, value);
    // The store did not come from the guest: whoever watches page tables has to be told.
    engine.codeChanged(KernelMemory.physical(entry), 4);
  }

  private void changed(int table) {
    engine.codeChanged(KernelMemory.physical(table), KernelMemory.PAGE_SIZE);
  }
}
