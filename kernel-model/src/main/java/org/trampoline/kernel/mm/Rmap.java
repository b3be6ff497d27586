package org.trampoline.kernel.mm;

import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.sched.TaskStruct;

/**
 * From a page back to the page-table entry that maps it (Linux: mm/rmap.c). A process's page is
 * mapped once, as fork copies, so its mm_struct and address are all that is to be known.
 *
 * <p>What is changed here is in the TLB of whoever has the address space loaded: the guest has to
 * have it flushed, as {@link Flush} says, before it lets anybody else run.
 */
final class Rmap {
  private final Kernel kernel;
  private final KernelMemory memory;
  private final PageTables tables;
  private final Lru lru;
  private final SwapArea swap;

  /**
   * What TLBs have to forget.
   *
   * @param mm address of the mm_struct
   * @param address of the page
   */
  record Flush(int mm, int address) {}

  Rmap(Kernel kernel, PageTables tables, Lru lru, SwapArea swap) {
    this.kernel = kernel;
    memory = kernel.memory();
    this.tables = tables;
    this.lru = lru;
    this.swap = swap;
  }

  /** {@code page_add_anon_rmap}: an entry of an address space maps the page now. */
  void add(Page page, MmStruct mm, int address) {
    page.set(Page.MAPPING, mm.address() | Page.PAGE_MAPPING_ANON);
    page.set(Page.INDEX, address >>> 12);
    page.set(Page.MAPCOUNT, 1);
    mm.add(MmStruct.RSS, 1);
    lru.zone().add(Zone.NR_MAPPED, 1);
  }

  /** {@code page_remove_rmap}: none does. */
  void remove(Page page) {
    mm(page).add(MmStruct.RSS, -1);
    page.set(Page.MAPCOUNT, 0);
    lru.zone().add(Zone.NR_MAPPED, -1);
  }

  private MmStruct mm(Page page) {
    return new MmStruct(memory, page.get(Page.MAPPING) & ~Page.PAGE_MAPPING_ANON);
  }

  private int entry(Page page) {
    return tables.entry(mm(page).get(MmStruct.PGD), page.get(Page.INDEX) << 12);
  }

  /** {@code ptep_clear_flush_young}: whether the page was accessed since the last time. */
  boolean testAndClearYoung(Page page) {
    int entry = entry(page);
    int value = memory.read(entry);
    if ((value & PageTables.ACCESSED) == 0) {
      return false;
    }
    tables.set(entry, value & ~PageTables.ACCESSED);
    return true;
  }

  /**
   * {@code try_to_unmap}, of a page in the swap cache: its entry names the slot from now on. The
   * page's own reference for having been mapped is gone.
   */
  Flush unmap(Page page) {
    Flush flush = flush(page);
    int entry = entry(page);
    int value = memory.read(entry);
    if ((value & PageTables.DIRTY) != 0) {
      page.setBits(Page.FLAGS, Page.PG_DIRTY);
    }
    int swapEntry = page.get(Page.PRIVATE);
    swap.duplicate(swapEntry);
    tables.set(entry, swapEntry);
    if (kernel.listened()) {
      TaskStruct owner = owner(flush.mm);
      kernel.emit(
          new KernelEvent.SwapOut(owner, flush.address, lru.map().pfn(page), swapEntry >>> 8));
    }
    remove(page);
    lru.put(page);
    return flush;
  }

  /** The flush that a change of a page's entry asks for; told of where it is done at once. */
  Flush flush(Page page) {
    Flush flush = new Flush(mm(page).address(), page.get(Page.INDEX) << 12);
    if (!kernel.isSmp() && kernel.current().get(TaskStruct.ACTIVE_MM) == flush.mm) {
      kernel.detail(new KernelEvent.TlbFlush(kernel.current(), flush.address, false));
    }
    return flush;
  }

  /** A task whose memory it is; the current one if there is none. */
  private TaskStruct owner(int mm) {
    var walk = kernel.initTask().list(TaskStruct.TASKS).walk();
    for (int node; (node = walk.next()) != 0; ) {
      TaskStruct task = TaskStruct.of(memory, node, TaskStruct.TASKS);
      if (task.get(TaskStruct.MM) == mm) {
        return task;
      }
    }
    return kernel.current();
  }
}
