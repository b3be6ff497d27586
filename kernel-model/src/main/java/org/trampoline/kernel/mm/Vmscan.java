package org.trampoline.kernel.mm;

import org.trampoline.kernel.Call;
import org.trampoline.kernel.HostFunctions;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.layout.KernelMemory;

/**
 * Which pages are freed (Linux: mm/vmscan.c). The loops, and what has to be flushed in between, are
 * in mm/vmscan.S; here is a step of each.
 */
public final class Vmscan {
  private static final int SWAP_CLUSTER_MAX = 32;

  /** How readily pages of processes are taken, 0 to 100. */
  private static final int VM_SWAPPINESS = 60;

  private final Kernel kernel;
  private final KernelMemory memory;
  private final Lru lru;
  private final Rmap rmap;
  private final SwapArea swap;
  private final PageCache cache;

  /** The search for pages of a kernel. */
  Vmscan(Kernel kernel, Lru lru, Rmap rmap, SwapArea swap, PageCache cache) {
    this.kernel = kernel;
    memory = kernel.memory();
    this.lru = lru;
    this.rmap = rmap;
    this.swap = swap;
    this.cache = cache;
  }

  /** Offers the functions that the guest calls; all fastcall. */
  public void link(HostFunctions functions) {
    functions.add("shrink_zone_begin", call -> begin(scan(call)));
    functions.add("refill_inactive_page", call -> flush(call, refill(scan(call))));
    functions.add("shrink_inactive_page", call -> flush(call, shrink(scan(call))));
    functions.add("shrink_page_out", call -> pageOut(scan(call)));
    functions.add(
        "trace_kswapd",
        call -> kernel.emit(new KernelEvent.Kswapd(call.eax() != 0, kernel.pages().free())));
  }

  private ScanControl scan(Call call) {
    return new ScanControl(memory, call.eax());
  }

  /** What has to be flushed: mm in eax, 0 for nothing, address in edx. */
  private static void flush(Call call, Rmap.Flush flush) {
    call.returns(flush == null ? 0 : flush.mm());
    call.returnsEdx(flush == null ? 0 : flush.address());
  }

  /** {@code shrink_zone} up to its loop, and the beginning of {@code refill_inactive_zone}. */
  private void begin(ScanControl scan) {
    Zone zone = lru.zone();
    int priority = scan.get(ScanControl.PRIORITY);
    int active = zone.add(Zone.NR_SCAN_ACTIVE, (zone.get(Zone.NR_ACTIVE) >> priority) + 1);
    int inactive = zone.add(Zone.NR_SCAN_INACTIVE, (zone.get(Zone.NR_INACTIVE) >> priority) + 1);
    scan.set(ScanControl.NR_ACTIVE, active >= SWAP_CLUSTER_MAX ? active : 0);
    scan.set(ScanControl.NR_INACTIVE, inactive >= SWAP_CLUSTER_MAX ? inactive : 0);
    if (active >= SWAP_CLUSTER_MAX) {
      zone.set(Zone.NR_SCAN_ACTIVE, 0);
    }
    if (inactive >= SWAP_CLUSTER_MAX) {
      zone.set(Zone.NR_SCAN_INACTIVE, 0);
    }
    scan.set(ScanControl.NR_TO_RECLAIM, SWAP_CLUSTER_MAX);

    // 100 if it has been hard to find pages, and the share of memory that processes have
    int distress = 100 >> zone.get(Zone.PREV_PRIORITY);
    int total = Math.max(1, kernel.mmState().get(MmState.MAX_PFN));
    int mappedRatio = zone.get(Zone.NR_MAPPED) * 100 / total;
    int tendency = mappedRatio / 2 + distress + VM_SWAPPINESS;
    scan.set(ScanControl.RECLAIM_MAPPED, tendency >= 100 ? 1 : 0);
  }

  /** {@code refill_inactive_zone} for one page: the oldest of the active ones. */
  private Rmap.Flush refill(ScanControl scan) {
    scan.add(ScanControl.NR_ACTIVE, -1);
    Page page = lru.oldest(true);
    if (page == null) {
      scan.set(ScanControl.NR_ACTIVE, 0);
      return null;
    }
    lru.zone().add(Zone.PAGES_SCANNED, 1);
    lru.remove(page);
    Rmap.Flush flush = null;
    if (page.isMapped()) {
      boolean spared =
          scan.get(ScanControl.RECLAIM_MAPPED) == 0 || swap.total() == 0 && page.isAnonymous();
      if (!spared && page.testAndClear(Page.PG_REFERENCED)) {
        spared = true;
      }
      if (!spared && rmap.testAndClearYoung(page)) {
        flush = rmap.flush(page);
        spared = true;
      }
      if (spared) {
        lru.add(page, true);
        return flush;
      }
    }
    page.clearBits(Page.FLAGS, Page.PG_ACTIVE);
    lru.add(page, false);
    lru.zone().add(Zone.PGDEACTIVATE, 1);
    return null;
  }

  /**
   * {@code shrink_list} for the oldest of the inactive pages, up to where it is mapped nowhere any
   * more. It is then locked and in no list, and the second half, {@link #pageOut}, goes on with it.
   */
  private Rmap.Flush shrink(ScanControl scan) {
    scan.set(ScanControl.PAGE, 0);
    scan.add(ScanControl.NR_INACTIVE, -1);
    Page page = lru.oldest(false);
    if (page == null) {
      scan.set(ScanControl.NR_INACTIVE, 0);
      return null;
    }
    Zone zone = lru.zone();
    zone.add(Zone.PAGES_SCANNED, 1);
    zone.add(Zone.PGSCAN, 1);
    scan.add(ScanControl.NR_SCANNED, 1);
    lru.remove(page);
    if (page.is(Page.PG_LOCKED) || page.is(Page.PG_WRITEBACK)) {
      lru.add(page, false);
      return null;
    }
    boolean referenced = page.testAndClear(Page.PG_REFERENCED);
    boolean young = page.isMapped() && rmap.testAndClearYoung(page);
    if ((referenced || young) && (page.isMapped() || page.is(Page.PG_SWAPCACHE))) {
      activate(page);
      return young ? rmap.flush(page) : null;
    }
    if (page.isAnonymous() && !page.is(Page.PG_SWAPCACHE) && page.isMapped() && !swap.add(page)) {
      activate(page); // no slot
      return null;
    }
    page.add(Page.COUNT, 1);
    page.setBits(Page.FLAGS, Page.PG_LOCKED);
    if (referenced && page.is(Page.PG_DIRTY)) {
      page.setBits(Page.FLAGS, Page.PG_REFERENCED); // to be kept: for the second half
    }
    scan.set(ScanControl.PAGE, page.address());
    return page.isMapped() ? rmap.unmap(page) : null;
  }

  private void activate(Page page) {
    lru.add(page, true);
    lru.zone().add(Zone.PGACTIVATE, 1);
  }

  /** The rest: a dirty page is written, a clean one that nobody refers to is free. */
  private void pageOut(ScanControl scan) {
    if (scan.get(ScanControl.PAGE) == 0) {
      return;
    }
    Page page = lru.map().at(scan.get(ScanControl.PAGE));
    scan.set(ScanControl.PAGE, 0);
    boolean keep = page.testAndClear(Page.PG_REFERENCED);
    if (!keep && page.is(Page.PG_DIRTY)) {
      keep = !written(page);
    }
    boolean freed = !keep && free(page);
    lru.unlock(page);
    if (freed) {
      scan.add(ScanControl.NR_RECLAIMED, 1);
      scan.add(ScanControl.NR_TO_RECLAIM, -1);
      lru.zone().add(Zone.PGSTEAL, 1);
    } else {
      lru.add(page, false);
    }
    lru.put(page);
  }

  /** {@code pageout}: whether the page need not be written any more; if not, it is being so. */
  private boolean written(Page page) {
    if (!page.is(Page.PG_SWAPCACHE)) {
      if (page.isAnonymous()) {
        return true; // its process has gone, and its slot with it
      }
      page.setBits(Page.FLAGS, Page.PG_RECLAIM);
      if (!cache.write(page)) {
        page.clearBits(Page.FLAGS, Page.PG_RECLAIM);
      }
      return false;
    }
    if (swap.removeExclusive(page, 1)) { // nobody wants it back
      return true;
    }
    if (swap.write(page)) {
      lru.writeback(page);
      page.setBits(Page.FLAGS, Page.PG_RECLAIM);
    }
    return false;
  }

  /** Takes the page from its cache, whose reference and ours are then the only ones. */
  private boolean free(Page page) {
    if (page.isMapped()) {
      return false;
    }
    if (page.is(Page.PG_SWAPCACHE)) {
      if (page.get(Page.COUNT) != 2) {
        return false;
      }
      swap.remove(page);
      return true;
    }
    if (page.isAnonymous()) {
      return page.get(Page.COUNT) == 1;
    }
    if (page.get(Page.COUNT) != 2) {
      return false;
    }
    cache.remove(page);
    return true;
  }
}
