package org.trampoline.kernel.mm;

import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.layout.KernelMemory;

/**
 * The life of an mm_struct (Linux: mm_alloc, mmput and mmdrop in kernel/fork.c). It has two counts:
 * mm_users are the tasks whose memory it is, and when the last of them is gone the memory is freed;
 * mm_count are those who have its page directory loaded or may do so, all users together being one,
 * and the directory itself stays until the last of them is gone.
 */
public final class AddressSpaces {
  private final Kernel kernel;
  private final KernelMemory memory;
  private final Slab slab;
  private final PageTables tables;

  /** The address spaces of a kernel. */
  public AddressSpaces(Kernel kernel, Slab slab, PageTables tables) {
    this.kernel = kernel;
    memory = kernel.memory();
    this.slab = slab;
    this.tables = tables;
  }

  /** {@code mm_alloc}: an address space with nothing but the kernel in it; null if no memory. */
  MmStruct allocate() {
    int address = slab.allocate(MmStruct.LAYOUT.size());
    if (address == 0) {
      return null;
    }
    memory.clear(address, MmStruct.LAYOUT.size());
    MmStruct mm = new MmStruct(memory, address);
    int pgd = tables.allocateDirectory();
    if (pgd == 0) {
      slab.free(address, MmStruct.LAYOUT.size());
      return null;
    }
    mm.set(MmStruct.PGD, pgd);
    mm.set(MmStruct.MM_USERS, 1);
    mm.set(MmStruct.MM_COUNT, 1);
    return mm;
  }

  /**
   * {@code dup_mmap}: a copy, page for page (Linux copies a page when it is written to); null if no
   * memory.
   */
  public MmStruct duplicate(MmStruct from) {
    MmStruct copy = allocate();
    if (copy == null) {
      return null;
    }
    if (!kernel.paging().pages().copy(from, copy)) {
      put(copy);
      return null;
    }
    copy.set(MmStruct.START_CODE, from.get(MmStruct.START_CODE));
    copy.set(MmStruct.END_CODE, from.get(MmStruct.END_CODE));
    copy.set(MmStruct.START_STACK, from.get(MmStruct.START_STACK));
    copy.set(MmStruct.START_BRK, from.get(MmStruct.START_BRK));
    copy.set(MmStruct.BRK, from.get(MmStruct.BRK));
    return copy;
  }

  /**
   * {@code mmput}: one user less.
   *
   * @return 0; with CONFIG_SMP an mm_struct that processors still have loaded: the guest has to
   *     have them flush it, and to drop the reference that was left for that
   */
  public int put(MmStruct mm) {
    if (mm.add(MmStruct.MM_USERS, -1) == 0) {
      int pgd = mm.get(MmStruct.PGD);
      kernel.paging().pages().freeAll(mm);
      if (kernel.isSmp() && mm.get(MmStruct.CPU_VM_MASK) != 0) {
        return mm.address();
      }
      tables.flush(pgd);
      drop(mm);
    }
    return 0;
  }

  /** {@code mmdrop}: one borrower less. */
  public void drop(MmStruct mm) {
    if (mm.add(MmStruct.MM_COUNT, -1) == 0) {
      tables.freeDirectory(mm.get(MmStruct.PGD));
      slab.free(mm.address(), MmStruct.LAYOUT.size());
    }
  }
}
