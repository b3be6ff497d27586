package org.trampoline.kernel.mm;

import java.nio.charset.StandardCharsets;
import org.trampoline.kernel.Call;
import org.trampoline.kernel.Errno;
import org.trampoline.kernel.HostFunctions;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.block.Block;
import org.trampoline.kernel.block.Request;
import org.trampoline.kernel.layout.KernelMemory;

/**
 * The swap area, a part of the disk: who has which slot, and the swap cache, the pages that have
 * one (Linux: mm/swapfile.c, mm/swap_state.c, mm/page_io.c). A slot's count is that of the
 * page-table entries that name it, and one for a page in the swap cache.
 *
 * <p>An entry is what is in a page-table entry that is not present (include/asm-i386/pgtable.h):
 * bits 1 to 5 are the number of the area, 0 here, from bit 8 on is the slot.
 */
public final class SwapArea {
  /** The one device that can be given to swapon. */
  public static final String DEVICE = "/dev/hda2";

  /** Its first block of the disk. */
  public static final int FIRST_BLOCK = 8192;

  private static final int SWAP_MAP_MAX = 0x7fff;
  private static final int HEADER = 1024; // version, last page, number of bad pages
  private static final byte[] SIGNATURE = "SWAPSPACE2".getBytes(StandardCharsets.US_ASCII);

  private final Kernel kernel;
  private final KernelMemory memory;
  private final Lru lru;
  private final Block block;
  private final UserAccess user;

  /** A kernel without a swap area. */
  public SwapArea(Kernel kernel, Lru lru, Block block, UserAccess user) {
    this.kernel = kernel;
    memory = kernel.memory();
    this.lru = lru;
    this.block = block;
    this.user = user;
  }

  /** Offers the functions that the guest calls; all fastcall. */
  public void link(HostFunctions functions) {
    functions.add("begin_swapon", this::beginSwapon);
    functions.add("finish_swapon", call -> call.returns(finishSwapon(call.eax())));
  }

  private SwapInfo info() {
    return new SwapInfo(memory, kernel.symbol("swap_info"));
  }

  // ---- entries

  static int entry(int slot) {
    return slot << 8;
  }

  private static int slot(int entry) {
    return entry >>> 8;
  }

  /** The slot that an entry names, or 0 if it names none. */
  int known(int entry) {
    int slot = slot(entry);
    boolean good = (entry & 0xff) == 0 && slot > 0 && slot < info().get(SwapInfo.MAX);
    return good ? slot : 0;
  }

  // ---- swapon

  /** What mkswap writes into the first page of an area of so many pages, slot 0 with it. */
  public static byte[] header(int pages) {
    byte[] header = new byte[KernelMemory.PAGE_SIZE];
    header[HEADER] = 1;
    for (int i = 0; i < 4; i++) {
      header[HEADER + 4 + i] = (byte) (pages - 1 >>> 8 * i);
    }
    System.arraycopy(SIGNATURE, 0, header, header.length - SIGNATURE.length, SIGNATURE.length);
    return header;
  }

  /** {@code sys_swapon(path, flags)} up to the header: 0 or an error; in edx a page for it. */
  private void beginSwapon(Call call) {
    String path = user.getString(call.eax(), 255);
    call.returnsEdx(0);
    if (path == null) {
      call.returns(-Errno.EFAULT);
    } else if (!path.equals(DEVICE)) {
      call.returns(-Errno.ENOENT);
    } else if (info().get(SwapInfo.SWAP_MAP) != 0) {
      call.returns(-Errno.EBUSY);
    } else {
      int buffer = kernel.pages().allocate(0);
      call.returns(buffer == 0 ? -Errno.ENOMEM : 0);
      call.returnsEdx(buffer);
    }
  }

  /** The rest of it, with the header that was read. */
  private int finishSwapon(int buffer) {
    byte[] header = memory.read(buffer, KernelMemory.PAGE_SIZE);
    int last = memory.read(buffer + HEADER + 4);
    int version = memory.read(buffer + HEADER);
    kernel.pages().free(buffer, 0);
    String end =
        new String(header, header.length - 10, SIGNATURE.length, StandardCharsets.ISO_8859_1);
    if (!end.equals(new String(SIGNATURE, StandardCharsets.US_ASCII))) {
      kernel.printk().print(3, "Unable to find swap-space signature");
      return -Errno.EINVAL;
    }
    if (version != 1 || last < 1 || last >= Block.SIZE - FIRST_BLOCK) {
      return -Errno.EINVAL;
    }
    int max = last + 1;
    int swapMap = pages(2 * max);
    int cache = pages(4 * max);
    if (swapMap == 0 || cache == 0) {
      return -Errno.ENOMEM;
    }
    info().set(SwapInfo.SWAP_MAP, swapMap);
    info().set(SwapInfo.CACHE, cache);
    info().set(SwapInfo.MAX, max);
    info().set(SwapInfo.PAGES, last);
    info().set(SwapInfo.CLUSTER_NEXT, 1);
    info().set(SwapInfo.START_BLOCK, FIRST_BLOCK);
    kernel
        .printk()
        .print(6, "Adding " + last * 4 + "k swap on " + DEVICE + ".  Priority:-1 extents:1");
    return 0;
  }

  private int pages(int bytes) {
    int count = (bytes + KernelMemory.PAGE_SIZE - 1) / KernelMemory.PAGE_SIZE;
    int order = 32 - Integer.numberOfLeadingZeros(count - 1);
    int address = kernel.pages().allocate(order);
    if (address != 0) {
      memory.clear(address, KernelMemory.PAGE_SIZE << order);
    }
    return address;
  }

  // ---- slots

  /** {@code total_swap_pages}: 0 if there is no area. */
  int total() {
    return info().get(SwapInfo.PAGES);
  }

  /** {@code nr_swap_pages}: slots that nobody has. */
  int free() {
    return total() - info().get(SwapInfo.INUSE_PAGES);
  }

  /** {@code vm_swap_full}: more than half is used, so a page in memory gives its slot back. */
  boolean full() {
    return free() * 2 < total();
  }

  private int count(int slot) {
    int at = info().get(SwapInfo.SWAP_MAP) + 2 * slot;
    return memory.readByte(at) | memory.readByte(at + 1) << 8;
  }

  private void count(int slot, int value) {
    int at = info().get(SwapInfo.SWAP_MAP) + 2 * slot;
    memory.writeByte(at, value);
    memory.writeByte(at + 1, value >>> 8);
  }

  /**
   * {@code get_swap_page}: a slot with a count of 1, next to the last one if that is free, so that
   * pages that go together are written together; 0 if there is none.
   */
  private int allocate() {
    SwapInfo info = info();
    int max = info.get(SwapInfo.MAX);
    if (free() <= 0) {
      return 0;
    }
    int slot = info.get(SwapInfo.CLUSTER_NEXT);
    for (int tried = 1; tried < max; tried++) {
      slot = slot < 1 || slot >= max ? 1 : slot;
      if (count(slot) == 0) {
        count(slot, 1);
        info.add(SwapInfo.INUSE_PAGES, 1);
        info.set(SwapInfo.CLUSTER_NEXT, slot + 1);
        return slot;
      }
      slot++;
    }
    return 0;
  }

  /** {@code swap_duplicate}: one more names the slot; false if nobody did so far. */
  boolean duplicate(int entry) {
    int slot = known(entry);
    if (slot == 0 || count(slot) == 0 || count(slot) == SWAP_MAP_MAX) {
      return false;
    }
    count(slot, count(slot) + 1);
    return true;
  }

  /** {@code swap_free}: one less; the last one leaves it free. */
  void release(int entry) {
    int slot = known(entry);
    if (slot == 0 || count(slot) == 0) {
      return;
    }
    count(slot, count(slot) - 1);
    if (count(slot) == 0) {
      info().add(SwapInfo.INUSE_PAGES, -1);
    }
  }

  /** Whether anybody has the slot. */
  boolean used(int slot) {
    return slot > 0 && slot < info().get(SwapInfo.MAX) && count(slot) != 0;
  }

  // ---- the swap cache

  private int cached(int slot) {
    return info().get(SwapInfo.CACHE) + 4 * slot;
  }

  /** {@code lookup_swap_cache}: the page that has an entry's slot, or null. */
  Page lookup(int entry) {
    int slot = known(entry);
    int page = slot == 0 ? 0 : memory.read(cached(slot));
    return page == 0 ? null : lru.map().at(page);
  }

  /** {@code __add_to_swap_cache}: the page has the slot, which counts as a reference to both. */
  void addToCache(Page page, int entry) {
    page.setBits(Page.FLAGS, Page.PG_SWAPCACHE);
    page.set(Page.PRIVATE, entry);
    page.add(Page.COUNT, 1);
    memory.write(cached(slot(entry)), page.address());
  }

  /** {@code add_to_swap}: gives a page a slot; false if there is none. */
  boolean add(Page page) {
    int slot = allocate();
    if (slot == 0) {
      return false;
    }
    addToCache(page, entry(slot));
    page.setBits(Page.FLAGS, Page.PG_UPTODATE | Page.PG_DIRTY);
    return true;
  }

  /** {@code delete_from_swap_cache}: the page has no slot any more, and a reference less. */
  void remove(Page page) {
    int entry = page.get(Page.PRIVATE);
    memory.write(cached(slot(entry)), 0);
    page.clearBits(Page.FLAGS, Page.PG_SWAPCACHE);
    page.set(Page.PRIVATE, 0);
    release(entry);
    lru.put(page);
  }

  /**
   * {@code remove_exclusive_swap_page}: if nobody else knows page or slot, gives the slot back.
   *
   * @param references to the page that there may be besides the cache's
   */
  boolean removeExclusive(Page page, int references) {
    if (!page.is(Page.PG_SWAPCACHE)
        || page.is(Page.PG_WRITEBACK)
        || page.get(Page.COUNT) != 1 + references
        || count(slot(page.get(Page.PRIVATE))) != 1) {
      return false;
    }
    page.setBits(Page.FLAGS, Page.PG_DIRTY); // its content is nowhere else now
    remove(page);
    return true;
  }

  /** Whether page-table entries name the page's slot, besides the cache. */
  boolean shared(Page page) {
    return count(slot(page.get(Page.PRIVATE))) > 1;
  }

  /** {@code swap_readpage}; the page is locked until it is there. False if there is no memory. */
  boolean read(Page page) {
    page.setBits(Page.FLAGS, Page.PG_LOCKED);
    return transfer(page, Request.READ);
  }

  /** {@code swap_writepage}; false if there is no memory for the request. */
  boolean write(Page page) {
    return transfer(page, Request.WRITE);
  }

  private boolean transfer(Page page, int rw) {
    int at = info().get(SwapInfo.START_BLOCK) + slot(page.get(Page.PRIVATE));
    boolean submitted = block.submit(rw, at, lru.map().virtual(page), page.address(), 0);
    if (submitted) {
      lru.zone().add(rw == Request.READ ? Zone.PSWPIN : Zone.PSWPOUT, 1);
    }
    return submitted;
  }
}
