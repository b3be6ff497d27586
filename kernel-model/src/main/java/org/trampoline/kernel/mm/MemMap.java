package org.trampoline.kernel.mm;

import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.layout.KernelMemory;

/**
 * {@code mem_map}, the array of all struct pages, which lies at the end of memory, and references
 * to pages (Linux: mm/page_alloc.c, mm/swap.c).
 */
public final class MemMap {
  private final Kernel kernel;
  private final KernelMemory memory;

  MemMap(Kernel kernel) {
    this.kernel = kernel;
    memory = kernel.memory();
  }

  /**
   * Takes the room for it.
   *
   * @param maxPfn number of pages of memory
   * @return how many of them are left
   */
  int init(int maxPfn) {
    int size = maxPfn * Page.LAYOUT.size();
    int left = maxPfn - (size + KernelMemory.PAGE_SIZE - 1) / KernelMemory.PAGE_SIZE;
    int address = KernelMemory.virtual(left << 12);
    memory.clear(address, size);
    kernel.mmState().set(MmState.MEM_MAP, address);
    return left;
  }

  private int start() {
    return kernel.mmState().get(MmState.MEM_MAP);
  }

  /** {@code virt_to_page}. */
  Page page(int virtual) {
    int pfn = KernelMemory.physical(virtual) >>> 12;
    return new Page(memory, start() + pfn * Page.LAYOUT.size());
  }

  /** The page whose struct page lies at an address. */
  Page at(int address) {
    return new Page(memory, address);
  }

  /** {@code page_to_pfn}. */
  int pfn(Page page) {
    return (page.address() - start()) / Page.LAYOUT.size();
  }

  /** {@code page_address}. */
  int virtual(Page page) {
    return KernelMemory.virtual(pfn(page) << 12);
  }

  /** A page that was just allocated, with one reference and nothing else known of it. */
  Page fresh(int virtual) {
    Page page = page(virtual);
    memory.clear(page.address(), Page.LAYOUT.size());
    page.list(Page.LRU).init();
    page.list(Page.DIRTY_LIST).init();
    page.set(Page.COUNT, 1);
    return page;
  }
}
