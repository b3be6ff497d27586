package org.trampoline.kernel.mm;

import org.trampoline.kernel.Call;
import org.trampoline.kernel.HostFunctions;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.block.Block;
import org.trampoline.kernel.block.Request;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.ListHead;
import org.trampoline.kernel.sched.TaskStruct;

/**
 * Pages that stand for blocks of the disk (Linux: mm/filemap.c, mm/page-writeback.c, mm/vmscan.c):
 * an LRU list of all, a list of the dirty ones in the order in which they became so.
 */
public final class PageCache {
  private final Kernel kernel;
  private final KernelMemory memory;
  private Block block;

  /** The page cache of a kernel. */
  public PageCache(Kernel kernel) {
    this.kernel = kernel;
    memory = kernel.memory();
  }

  /** Where its pages are written. */
  public void connect(Block disk) {
    block = disk;
  }

  /** Offers the functions that the guest calls; all fastcall. */
  public void link(HostFunctions functions) {
    functions.add("page_cache_init", call -> init());
    functions.add("add_to_page_cache", this::add);
    functions.add("set_page_dirty", call -> setDirty(page(call.eax())));
    functions.add("write_old_page", this::writeOld);
    functions.add("shrink_one_page", call -> call.returns(shrink()));
  }

  private Page page(int address) {
    return new Page(memory, address);
  }

  private ListHead list(String symbol) {
    return ListHead.at(memory, kernel.symbol(symbol));
  }

  /** Watermarks: Linux's are relative to min like this; min is a 64th of the memory here. */
  private void init() {
    list("lru_list").init();
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
      kernel.waitQueues().wake(kernel.symbol("kswapd_wait"), TaskStruct.TASK_INTERRUPTIBLE, 1);
    }
    int virtual = free <= state.get(MmState.PAGES_MIN) ? 0 : kernel.pages().allocateZeroed();
    int address = virtual == 0 ? 0 : kernel.slab().allocate(Page.LAYOUT.size());
    call.returns(address);
    if (address == 0) {
      return;
    }
    memory.clear(address, Page.LAYOUT.size());
    Page page = page(address);
    page.set(Page.VIRTUAL, virtual);
    page.set(Page.INDEX, index);
    page.list(Page.DIRTY_LIST).init();
    list("lru_list").add(page.list(Page.LRU));
    state.add(MmState.NR_CACHED, 1);
  }

  private void setDirty(Page page) {
    if ((page.get(Page.FLAGS) & Page.PG_DIRTY) == 0) {
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

  private boolean write(Page page) {
    if (!block.submit(
        Request.WRITE, page.get(Page.INDEX), page.get(Page.VIRTUAL), page.address(), 0)) {
      return false;
    }
    page.clearBits(Page.FLAGS, Page.PG_DIRTY);
    page.setBits(Page.FLAGS, Page.PG_WRITEBACK);
    page.list(Page.DIRTY_LIST).remove();
    kernel.mmState().add(MmState.NR_DIRTY, -1);
    return true;
  }

  /** The disk has finished with a page. */
  public void endIo(int address, int rw) {
    if (rw == Request.WRITE) {
      page(address).clearBits(Page.FLAGS, Page.PG_WRITEBACK);
    }
  }

  /**
   * One step of {@code shrink_list}: looks at the page that was not used for longest. A referenced
   * one gets another round, a dirty one is written first.
   *
   * @return 1 if a page was freed, 2 if one was put aside, 3 if its writing was started, 0 if there
   *     is none
   */
  private int shrink() {
    ListHead lru = list("lru_list");
    if (lru.isEmpty()) {
      return 0;
    }
    Page page = page(lru.prev() - Page.LRU.offset());
    int flags = page.get(Page.FLAGS);
    page.list(Page.LRU).remove();
    if ((flags & (Page.PG_REFERENCED | Page.PG_WRITEBACK | Page.PG_DIRTY)) != 0) {
      page.clearBits(Page.FLAGS, Page.PG_REFERENCED);
      lru.add(page.list(Page.LRU));
      boolean write = (flags & Page.PG_REFERENCED) == 0 && (flags & Page.PG_DIRTY) != 0;
      return write && write(page) ? 3 : 2;
    }
    kernel.pages().free(page.get(Page.VIRTUAL), 0);
    kernel.slab().free(page.address(), Page.LAYOUT.size());
    kernel.mmState().add(MmState.NR_CACHED, -1);
    return 1;
  }
}
