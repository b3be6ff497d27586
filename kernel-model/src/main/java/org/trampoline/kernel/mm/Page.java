package org.trampoline.kernel.mm;

import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.Layout;
import org.trampoline.kernel.layout.Struct;

/**
 * {@code struct page} (include/linux/mm.h, page-flags.h): what the kernel knows of a page of
 * memory. They are an array, {@link MemMap}. Pages of the page cache and of processes are counted
 * and are in an LRU list; of others only the allocator knows.
 */
public final class Page extends Struct<Page> {
  public static final int PG_LOCKED = 1;
  public static final int PG_REFERENCED = 1 << 2;
  public static final int PG_UPTODATE = 1 << 3;
  public static final int PG_DIRTY = 1 << 4;
  public static final int PG_LRU = 1 << 5;
  public static final int PG_ACTIVE = 1 << 6;
  public static final int PG_WRITEBACK = 1 << 13;
  public static final int PG_SWAPCACHE = 1 << 16;
  public static final int PG_RECLAIM = 1 << 18;

  /** In {@link #MAPPING}: the page is a process's, not a file's. */
  public static final int PAGE_MAPPING_ANON = 1;

  /** For the assembler. */
  public static final Layout<Page> LAYOUT = new Layout<>("PAGE");

  public static final Field<Page> FLAGS = LAYOUT.word("flags"); // PG_
  public static final Field<Page> COUNT = LAYOUT.word("count"); // references; 0: free
  public static final Field<Page> MAPCOUNT = LAYOUT.word("mapcount"); // page-table entries: 0 or 1
  public static final Field<Page> PRIVATE = LAYOUT.word("private"); // swap entry, if PG_swapcache
  public static final Field<Page> MAPPING =
      LAYOUT.word("mapping"); // mm_struct with PAGE_MAPPING_ANON; Linux: anon_vma
  public static final Field<Page> INDEX =
      LAYOUT.word("index"); // user address / 4096, or block of the disk
  public static final Field<Page> LRU = LAYOUT.list("lru"); // newest first
  public static final Field<Page> DIRTY_LIST = LAYOUT.list("dirty_list"); // oldest first
  public static final Field<Page> DIRTIED_WHEN = LAYOUT.word("dirtied_when"); // jiffies
  public static final Field<Page> GATHER = LAYOUT.word("gather"); // next to be freed after a flush

  /** Looks at one. */
  public Page(KernelMemory memory, int address) {
    super(memory, address);
  }

  boolean is(int flag) {
    return (get(FLAGS) & flag) != 0;
  }

  /** Whether it was set; it is clear afterwards. */
  boolean testAndClear(int flag) {
    boolean was = is(flag);
    clearBits(FLAGS, flag);
    return was;
  }

  /** {@code PageAnon}: a process's page, with or without a place in the swap area. */
  boolean isAnonymous() {
    return (get(MAPPING) & PAGE_MAPPING_ANON) != 0;
  }

  boolean isMapped() {
    return get(MAPCOUNT) != 0;
  }
}
