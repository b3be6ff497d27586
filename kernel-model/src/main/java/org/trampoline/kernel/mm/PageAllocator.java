package org.trampoline.kernel.mm;

import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.sched.TaskStruct;

/**
 * Hands out pages (Linux: mm/page_alloc.c). Where Linux has a buddy system, the model has a bit per
 * page, set while it is in use; the bitmap lies in guest memory like everything the kernel knows.
 */
public final class PageAllocator {
  private static final int PAGE_SHIFT = 12;

  private final Kernel kernel;
  private final KernelMemory memory;
  private final MmState state;
  private final int bitmap;

  /** The allocator of a kernel; it has no pages before {@link #init}. */
  public PageAllocator(Kernel kernel) {
    this.kernel = kernel;
    memory = kernel.memory();
    state = kernel.mmState();
    bitmap = kernel.symbol("page_bitmap");
  }

  /**
   * Takes over memory; everything that is not given here stays in use.
   *
   * @param maxPfn number of pages that are mapped
   */
  void init(int maxPfn) {
    state.set(MmState.MAX_PFN, maxPfn);
    state.set(MmState.NR_FREE_PAGES, 0);
    for (int word = 0; word < (maxPfn + 31) / 32; word++) {
      memory.write(bitmap + 4 * word, -1);
    }
  }

  /** Gives the pages from {@code first} up to before {@code end} to the allocator. */
  void release(int first, int end) {
    for (int pfn = first; pfn < end; pfn++) {
      mark(pfn, false);
    }
    state.add(MmState.NR_FREE_PAGES, end - first);
  }

  /** Pages not in use. */
  public int free() {
    return state.get(MmState.NR_FREE_PAGES);
  }

  /**
   * {@code __get_free_pages}: 2^order pages that follow each other, aligned to their size, not
   * cleared.
   *
   * @param order 0 for one page, 1 for two
   * @return their virtual address, 0 if there are none
   */
  public int allocate(int order) {
    int count = 1 << order;
    int pages = state.get(MmState.MAX_PFN) & -count;
    if (pages <= 0 || state.get(MmState.NR_FREE_PAGES) < count) {
      return 0;
    }
    int pfn = (state.get(MmState.HINT) & -count) % pages;
    for (int tried = 0; tried < pages; tried += count) {
      if (isFree(pfn, count)) {
        for (int i = 0; i < count; i++) {
          mark(pfn + i, true);
        }
        state.add(MmState.NR_FREE_PAGES, -count);
        state.set(MmState.HINT, pfn + count);
        if (free() <= state.get(MmState.PAGES_LOW)) {
          wakeKswapd();
        }
        return KernelMemory.virtual(pfn << PAGE_SHIFT);
      }
      pfn = pfn + count >= pages ? 0 : pfn + count;
    }
    return 0;
  }

  /** {@code wakeup_kswapd}. */
  void wakeKswapd() {
    kernel.waitQueues().wake(kernel.symbol("kswapd_wait"), TaskStruct.TASK_INTERRUPTIBLE, 1);
  }

  /** {@code get_zeroed_page}: one page of zeros, 0 if there is none. */
  public int allocateZeroed() {
    int page = allocate(0);
    if (page != 0) {
      memory.clear(page, KernelMemory.PAGE_SIZE);
    }
    return page;
  }

  /** {@code free_pages}. */
  public void free(int address, int order) {
    int pfn = KernelMemory.physical(address) >>> PAGE_SHIFT;
    release(pfn, pfn + (1 << order));
    state.set(MmState.HINT, Math.min(state.get(MmState.HINT), pfn));
  }

  private boolean isFree(int pfn, int count) {
    for (int i = 0; i < count; i++) {
      if ((memory.read(word(pfn + i)) >>> (pfn + i) & 1) != 0) {
        return false;
      }
    }
    return true;
  }

  private void mark(int pfn, boolean used) {
    int bit = 1 << pfn;
    int word = word(pfn);
    memory.write(word, used ? memory.read(word) | bit : memory.read(word) & ~bit);
  }

  private int word(int pfn) {
    return bitmap + 4 * (pfn >>> 5);
  }
}
