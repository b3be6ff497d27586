package org.trampoline.kernel.mm;

import org.trampoline.kernel.HostFunctions;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.block.Block;
import org.trampoline.kernel.sched.Signals;

/**
 * What keeps track of pages and moves them between memory and disk, put together: LRU lists, page
 * cache, swap area, the pages of processes, and the search for pages to free.
 */
public final class Paging {
  private final Kernel kernel;
  private final Lru lru;
  private final Block disk;
  private final PageCache cache;
  private final SwapArea swap;
  private final Rmap rmap;
  private final UserPages pages;

  /** The paging of a kernel. */
  public Paging(Kernel kernel, PageTables tables, UserAccess user) {
    this.kernel = kernel;
    lru = new Lru(kernel, new MemMap(kernel));
    disk = new Block(kernel, lru);
    cache = new PageCache(kernel, lru, disk);
    swap = new SwapArea(kernel, lru, disk, user);
    rmap = new Rmap(kernel, tables, lru, swap);
    pages = new UserPages(kernel, tables, lru, swap, rmap);
  }

  /** Offers the functions that the guest calls. */
  public void link(HostFunctions functions, Signals signals) {
    disk.link(functions);
    cache.link(functions);
    swap.link(functions);
    new Vmscan(kernel, lru, rmap, swap, cache).link(functions);
    new OutOfMemory(kernel, signals, lru, swap).link(functions);
    new Munmap(kernel, pages).link(functions);
  }

  /** {@code mem_init}'s part: takes the room for mem_map; returns how many pages are left. */
  int init(int maxPfn) {
    lru.init();
    return lru.map().init(maxPfn);
  }

  /** The lists of pages, and the counters of what is done with them. */
  public Lru lru() {
    return lru;
  }

  /** The disk. */
  public Block disk() {
    return disk;
  }

  /** The pages of processes. */
  public UserPages pages() {
    return pages;
  }
}
