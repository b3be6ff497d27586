package org.trampoline.kernel.mm;

import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.block.Request;
import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.ListHead;
import org.trampoline.kernel.sched.TaskStruct;

/**
 * The lists of pages by age, and what ends a page's life (Linux: mm/swap.c, mm/filemap.c's page
 * locks, include/linux/mm_inline.h).
 */
public final class Lru {
  private static final int ANY_SLEEP =
      TaskStruct.TASK_INTERRUPTIBLE | TaskStruct.TASK_UNINTERRUPTIBLE;

  private final Kernel kernel;
  private final KernelMemory memory;
  private final MemMap map;

  Lru(Kernel kernel, MemMap map) {
    this.kernel = kernel;
    memory = kernel.memory();
    this.map = map;
  }

  /** {@code mem_init}'s part: empty lists. */
  void init() {
    zone().list(Zone.ACTIVE_LIST).init();
    zone().list(Zone.INACTIVE_LIST).init();
    zone().set(Zone.PREV_PRIORITY, 12); // DEF_PRIORITY
  }

  /** The zone. */
  public Zone zone() {
    return new Zone(memory, kernel.symbol("contig_page_data"));
  }

  MemMap map() {
    return map;
  }

  /** {@code lru_cache_add}, or {@code lru_cache_add_active}: the newest of its list. */
  void add(Page page, boolean active) {
    page.setBits(Page.FLAGS, active ? Page.PG_LRU | Page.PG_ACTIVE : Page.PG_LRU);
    list(active).add(page.list(Page.LRU));
    zone().add(count(active), 1);
  }

  /** {@code del_page_from_lru}: PG_active stays as it is. */
  void remove(Page page) {
    if (page.testAndClear(Page.PG_LRU)) {
      page.list(Page.LRU).remove();
      zone().add(count(page.is(Page.PG_ACTIVE)), -1);
    }
  }

  /** The oldest of a list, or null. */
  Page oldest(boolean active) {
    ListHead list = list(active);
    return list.isEmpty() ? null : map.at(list.prev() - Page.LRU.offset());
  }

  private ListHead list(boolean active) {
    return zone().list(active ? Zone.ACTIVE_LIST : Zone.INACTIVE_LIST);
  }

  private static Field<Zone> count(boolean active) {
    return active ? Zone.NR_ACTIVE : Zone.NR_INACTIVE;
  }

  /** {@code mark_page_accessed}: inactive and referenced for the second time, it gets active. */
  void accessed(Page page) {
    if (!page.is(Page.PG_ACTIVE) && page.is(Page.PG_REFERENCED) && page.is(Page.PG_LRU)) {
      remove(page);
      add(page, true);
      page.clearBits(Page.FLAGS, Page.PG_REFERENCED);
      zone().add(Zone.PGACTIVATE, 1);
    } else {
      page.setBits(Page.FLAGS, Page.PG_REFERENCED);
    }
  }

  /** {@code put_page}: one reference less; nobody's page is free. */
  void put(Page page) {
    if (page.add(Page.COUNT, -1) == 0) {
      remove(page);
      page.set(Page.FLAGS, 0);
      page.set(Page.MAPPING, 0);
      zone().set(Zone.PAGES_SCANNED, 0); // as free_pages_bulk does
      zone().set(Zone.ALL_UNRECLAIMABLE, 0);
      kernel.pages().free(map.virtual(page), 0);
    }
  }

  /** {@code unlock_page}: whoever waits for the page may look again. */
  void unlock(Page page) {
    page.clearBits(Page.FLAGS, Page.PG_LOCKED);
    kernel.waitQueues().wake(kernel.symbol("page_wait"), ANY_SLEEP, 0);
  }

  /** The disk has finished with a page: end_swap_bio_read, end_page_writeback. */
  public void endIo(int address, int rw) {
    Page page = map.at(address);
    if (rw == Request.READ) {
      page.setBits(Page.FLAGS, Page.PG_UPTODATE);
      unlock(page);
      return;
    }
    zone().add(Zone.NR_WRITEBACK, -1);
    page.clearBits(Page.FLAGS, Page.PG_WRITEBACK);
    // rotate_reclaimable_page: it was written to be freed, so it is next
    if (page.testAndClear(Page.PG_RECLAIM) && page.is(Page.PG_LRU) && !page.is(Page.PG_ACTIVE)) {
      page.list(Page.LRU).remove();
      zone().list(Zone.INACTIVE_LIST).addTail(page.list(Page.LRU));
      zone().add(Zone.PGROTATED, 1);
    }
    kernel.waitQueues().wake(kernel.symbol("page_wait"), ANY_SLEEP, 0);
  }

  /** Marks a page as being written. */
  void writeback(Page page) {
    page.clearBits(Page.FLAGS, Page.PG_DIRTY);
    page.setBits(Page.FLAGS, Page.PG_WRITEBACK);
    zone().add(Zone.NR_WRITEBACK, 1);
  }
}
