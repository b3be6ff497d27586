package org.trampoline.kernel.mm;

import org.trampoline.kernel.Call;
import org.trampoline.kernel.HostFunctions;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.block.Block;
import org.trampoline.kernel.block.Request;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.ListHead;

/**
 * Pages that stand for blocks of the disk (Linux: mm/filemap.c, mm/page-writeback.c): in the LRU
 * lists, and in a list of the dirty ones in the order in which they became so.
 */
public final class PageCache {
  private final Kernel kernel;
  private final KernelMemory memory;
  private final Lru lru;
  private final Block block;

  /**
   * The page cache of a kernel.
   *
   * @param block where its pages are written
   */
  public PageCache(Kernel kernel, Lru lru, Block block) {
    this.kernel = kernel;
    memory = kernel.memory();
    this.lru = lru;
    this.block = block;
  }

  /** Offers the functions that the guest calls; all fastcall. */
  public void link(HostFunctions functions) {
    functions.add("page_cache_init", call -> init());
    functions.add("add_to_page_cache", this::add);
    functions.add("set_page_dirty", call -> setDirty(page(call.eax())));
    functions.add("write_old_page", this::writeOld);
  }

  private Page page(int address) {
    return new Page(memory, address);
  }

  private ListHead list(String symbol) {
    return ListHead.at(memory, kernel.symbol(symbol));
  }

  /** Watermarks: Linux's are relative to min like this; min is a 64th of the memory here. */
  private void init() {
    list("dirty_list").init();
    MmState state = kernel.mmState();
    int min = state.get(MmState.MAX_PFN) / 64;
    state.set(MmState.PAGES_MIN, min);
    state.set(MmState.PAGES_LOW, min * 5 / 4);
    state.set(MmState.PAGES_HIGH, min * 6 / 4);
  }

  /**
   * {@code add_to_page_cache(block)}: a page for a block; wakes kswapd if few are free, and returns
   * NULL below pages_min.
   */
  private void add(Call call) {
    MmState state = kernel.mmState();
    int index = call.eax();
    int free = kernel.pages().free();
    if (free <= state.get(MmState.PAGES_LOW)) {
      kernel.pages().wakeKswapd();
    }
    int virtual = free <= state.get(MmState.PAGES_MIN) ? 0 : kernel.pages().allocateZeroed();
    if (virtual == 0) {
      call.returns(0);
      return;
    }
    Page page = lru.map().fresh(virtual);
    page.set(Page.INDEX, index);
    page.setBits(Page.FLAGS, Page.PG_UPTODATE);
    lru.add(page, false);
    state.add(MmState.NR_CACHED, 1);
    call.returns(page.address());
  }

  private void setDirty(Page page) {
    if (!page.is(Page.PG_DIRTY)) {
      page.setBits(Page.FLAGS, Page.PG_DIRTY | Page.PG_REFERENCED);
      page.set(Page.DIRTIED_WHEN, kernel.timers().jiffies());
      list("dirty_list").addTail(page.list(Page.DIRTY_LIST));
      kernel.mmState().add(MmState.NR_DIRTY, 1);
    }
  }

  /** Starts to write the page that is dirty for longest, if since before eax; 1 if it did. */
  private void writeOld(Call call) {
    ListHead dirty = list("dirty_list");
    if (dirty.isEmpty()) {
      call.returns(0);
      return;
    }
    Page page = page(dirty.next() - Page.DIRTY_LIST.offset());
    boolean old = page.get(Page.DIRTIED_WHEN) - call.eax() <= 0;
    call.returns(old && write(page) ? 1 : 0);
  }

  /** {@code writepage}: starts to write a dirty page; false if there is no memory for that. */
  boolean write(Page page) {
    int virtual = lru.map().virtual(page);
    if (!block.submit(Request.WRITE, page.get(Page.INDEX), virtual, page.address(), 0)) {
      return false;
    }
    lru.writeback(page);
    page.list(Page.DIRTY_LIST).remove();
    kernel.mmState().add(MmState.NR_DIRTY, -1);
    return true;
  }

  /** {@code __remove_from_page_cache}, of a clean page: a reference less. */
  void remove(Page page) {
    kernel.mmState().add(MmState.NR_CACHED, -1);
    page.add(Page.COUNT, -1);
  }
}
