package org.trampoline.kernel.mm;

import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.arch.ThreadInfo;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.sched.TaskStruct;

/**
 * The pages of processes: how they come, at the first access or back from the swap area, are copied
 * and go (Linux: mm/memory.c). A program's text stays in memory, as that of a RAM file system does;
 * stack and heap are anonymous and can be swapped out.
 */
public final class UserPages {
  private static final int PAGE = KernelMemory.PAGE_SIZE;

  /** Pages read together, as many as slots lie side by side: 2^page_cluster. */
  private static final int READAHEAD = 8;

  private final Kernel kernel;
  private final KernelMemory memory;
  private final PageTables tables;
  private final Lru lru;
  private final MemMap map;
  private final SwapArea swap;
  private final Rmap rmap;

  /** What {@link #fault} has found. */
  public enum Outcome {
    /** The page is there. */
    DONE,
    /** There shall be none. */
    BAD,
    /** It is locked, as it is being read or written: wait, and try again. */
    LOCKED,
    /** There is no memory for it: free some, and try again. */
    NO_MEMORY
  }

  private Page locked;

  UserPages(Kernel kernel, PageTables tables, Lru lru, SwapArea swap, Rmap rmap) {
    this.kernel = kernel;
    memory = kernel.memory();
    this.tables = tables;
    this.lru = lru;
    map = lru.map();
    this.swap = swap;
    this.rmap = rmap;
  }

  // ---- how they come

  /**
   * {@code alloc_page(GFP_HIGHUSER)}: not below pages_min, except for who frees memory himself or
   * is to die; 0 if there is none.
   */
  private int allocate() {
    TaskStruct current = kernel.current();
    boolean any =
        (current.get(TaskStruct.FLAGS) & TaskStruct.PF_MEMALLOC) != 0
            || current.threadInfo().testFlag(ThreadInfo.TIF_MEMDIE);
    int min = kernel.mmState().get(MmState.PAGES_MIN);
    if (!any && kernel.pages().free() <= min) {
      kernel.pages().wakeKswapd();
      return 0;
    }
    return kernel.pages().allocate(0);
  }

  /**
   * Maps a page of a program's text.
   *
   * @return its kernel address, 0 if there is no memory
   */
  int mapText(MmStruct mm, int address) {
    int page = tables.prepare(mm.get(MmStruct.PGD), address) ? allocate() : 0;
    if (page != 0) {
      memory.clear(page, PAGE);
      map.fresh(page);
      tables.set(
          tables.entry(mm.get(MmStruct.PGD), address),
          KernelMemory.physical(page) | PageTables.PAGE_READONLY);
    }
    return page;
  }

  /**
   * {@code do_anonymous_page}: maps a page of zeros. (Linux maps the one zero page as long as it is
   * only read.)
   *
   * @return its kernel address, 0 if there is no memory
   */
  int mapAnonymous(MmStruct mm, int address) {
    int pgd = mm.get(MmStruct.PGD);
    int virtual = tables.prepare(pgd, address) ? allocate() : 0;
    if (virtual != 0) {
      memory.clear(virtual, PAGE);
      Page page = map.fresh(virtual);
      lru.add(page, true);
      rmap.add(page, mm, address);
      tables.set(
          tables.entry(pgd, address),
          KernelMemory.physical(virtual) | PageTables.PAGE_SHARED | PageTables.DIRTY);
    }
    return virtual;
  }

  /**
   * {@code handle_mm_fault}: whatever it takes for the process to reach an address.
   *
   * @param write whether it wants to write there
   */
  public Outcome fault(MmStruct mm, int address, boolean write) {
    int pgd = mm.get(MmStruct.PGD);
    int value = tables.has(pgd, address) ? memory.read(tables.entry(pgd, address)) : 0;
    if ((value & PageTables.PRESENT) != 0) {
      // somebody else was faster, or the TLB was late
      return tables.translateUser(pgd, address, write) != 0 ? Outcome.DONE : Outcome.BAD;
    }
    Outcome outcome;
    if (value != 0) {
      outcome = swapIn(mm, address & -PAGE, value);
    } else if (inHeap(mm, address)) {
      outcome = mapAnonymous(mm, address & -PAGE) != 0 ? Outcome.DONE : Outcome.NO_MEMORY;
    } else {
      return Outcome.BAD;
    }
    if (outcome == Outcome.DONE) {
      lru.zone().add(Zone.PGFAULT, 1);
    }
    return outcome;
  }

  /** Whether {@link #fault} could do something about an address that is not mapped. */
  boolean canCome(MmStruct mm, int address) {
    int pgd = mm.get(MmStruct.PGD);
    int value = tables.has(pgd, address) ? memory.read(tables.entry(pgd, address)) : 0;
    return (value & PageTables.PRESENT) == 0 && (value != 0 || inHeap(mm, address));
  }

  private static boolean inHeap(MmStruct mm, int address) {
    return Integer.compareUnsigned(address, mm.get(MmStruct.START_BRK)) >= 0
        && Integer.compareUnsigned(address, mm.get(MmStruct.BRK)) < 0;
  }

  /** After {@link Outcome#LOCKED}: address of the struct page to wait for. */
  public int locked() {
    return locked.address();
  }

  /** {@code do_swap_page}. */
  private Outcome swapIn(MmStruct mm, int address, int entry) {
    Page page = swap.lookup(entry);
    if (page == null) {
      if (swap.known(entry) == 0) {
        return Outcome.BAD; // the guest has spoilt it
      }
      page = readAround(entry);
      if (page == null) {
        return Outcome.NO_MEMORY;
      }
      lru.zone().add(Zone.PGMAJFAULT, 1);
    }
    if (page.is(Page.PG_LOCKED)) {
      locked = page;
      return Outcome.LOCKED;
    }
    lru.accessed(page);
    swap.release(entry);
    int slot = entry >>> 8;
    if (page.isMapped() || swap.shared(page)) {
      page = privateCopy(page);
      if (page == null) {
        swap.duplicate(entry);
        return Outcome.NO_MEMORY;
      }
    } else {
      page.add(Page.COUNT, 1);
      if (swap.full()) {
        swap.removeExclusive(page, 1);
      }
    }
    rmap.add(page, mm, address);
    tables.set(
        tables.entry(mm.get(MmStruct.PGD), address), map.pfn(page) << 12 | PageTables.PAGE_SHARED);
    if (kernel.listened()) {
      kernel.emit(new KernelEvent.SwapIn(kernel.current(), address, map.pfn(page), slot));
    }
    return Outcome.DONE;
  }

  /** What another process has, or will have, from the same slot: {@code do_wp_page}, at once. */
  private Page privateCopy(Page page) {
    int copy = allocate();
    if (copy == 0) {
      return null;
    }
    memory.copy(map.virtual(page), copy, PAGE);
    Page fresh = map.fresh(copy);
    lru.add(fresh, true);
    fresh.setBits(Page.FLAGS, Page.PG_DIRTY);
    return fresh;
  }

  /**
   * {@code swapin_readahead} and {@code read_swap_cache_async}: starts to read a slot and those
   * beside it.
   *
   * @return the page of the slot itself, null if there is no memory
   */
  private Page readAround(int entry) {
    Page wanted = read(entry);
    int slot = entry >>> 8;
    int first = slot & -READAHEAD;
    for (int i = first; wanted != null && i < first + READAHEAD; i++) {
      boolean there = !swap.used(i) || swap.lookup(SwapArea.entry(i)) != null;
      if (!there && read(SwapArea.entry(i)) == null) {
        break;
      }
    }
    return wanted;
  }

  private Page read(int entry) {
    int virtual = allocate();
    if (virtual == 0) {
      return null;
    }
    Page page = map.fresh(virtual);
    page.set(Page.MAPPING, Page.PAGE_MAPPING_ANON); // of nobody yet
    if (!swap.duplicate(entry)) {
      lru.put(page);
      return null;
    }
    swap.addToCache(page, entry);
    if (!swap.read(page)) {
      page.clearBits(Page.FLAGS, Page.PG_LOCKED);
      swap.remove(page);
      lru.put(page);
      return null;
    }
    lru.add(page, true);
    lru.put(page); // the cache's reference remains
    return page;
  }

  // ---- fork

  /** {@code copy_page_range} of the whole user half; false if there is no memory. */
  boolean copy(MmStruct from, MmStruct to) {
    return tables.each(
        from.get(MmStruct.PGD), (address, entry) -> copyOne(to, address, memory.read(entry)));
  }

  private boolean copyOne(MmStruct to, int address, int value) {
    if ((value & PageTables.PRESENT) == 0) {
      if (!tables.prepare(to.get(MmStruct.PGD), address) || !swap.duplicate(value)) {
        return false;
      }
      tables.set(tables.entry(to.get(MmStruct.PGD), address), value);
      return true;
    }
    int original = KernelMemory.virtual(value & -PAGE);
    boolean anonymous = map.page(original).isAnonymous();
    int copy = anonymous ? mapAnonymous(to, address) : mapText(to, address);
    if (copy != 0) {
      memory.copy(original, copy, PAGE);
      kernel.engine().codeChanged(KernelMemory.physical(copy), PAGE); // it may hold code
    }
    return copy != 0;
  }

  // ---- how they go

  /** {@code unmap_vmas} and {@code free_pgtables}: everything of the user's half. */
  void freeAll(MmStruct mm) {
    tables.each(
        mm.get(MmStruct.PGD),
        (address, entry) -> {
          free(zap(entry, 0));
          return true;
        });
    tables.freeTables(mm.get(MmStruct.PGD));
  }

  /**
   * {@code zap_pte_range} of one address: takes the entry away.
   *
   * @param list pages, each of which leads to the next one, to be freed after a flush
   * @return the list, with the page before it if there was one
   */
  int zap(MmStruct mm, int address, int list) {
    int pgd = mm.get(MmStruct.PGD);
    return tables.has(pgd, address) ? zap(tables.entry(pgd, address), list) : list;
  }

  private int zap(int entry, int list) {
    int value = memory.read(entry);
    if (value == 0) {
      return list;
    }
    tables.set(entry, 0);
    if ((value & PageTables.PRESENT) == 0) { // free_swap_and_cache
      Page cached = swap.lookup(value);
      swap.release(value);
      if (cached != null && !cached.isMapped() && !cached.is(Page.PG_LOCKED)) {
        swap.removeExclusive(cached, 0);
      }
      return list;
    }
    Page page = map.page(KernelMemory.virtual(value & -PAGE));
    if (page.isAnonymous()) {
      rmap.remove(page);
    }
    page.set(Page.GATHER, list);
    return page.address();
  }

  /** {@code free_pages_and_swap_cache}: a list that {@link #zap} has made. */
  void free(int list) {
    for (int address = list; address != 0; ) {
      Page page = map.at(address);
      address = page.get(Page.GATHER);
      page.set(Page.GATHER, 0);
      if (!page.is(Page.PG_LOCKED)) {
        swap.removeExclusive(page, 1);
      }
      lru.put(page);
    }
  }
}
