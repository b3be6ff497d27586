package org.trampoline.kernel.mm;

import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.Layout;
import org.trampoline.kernel.layout.Struct;

/** {@code struct page} (include/linux/mm.h), of pages in the page cache only. */
public final class Page extends Struct<Page> {
  public static final int PG_REFERENCED = 1;
  public static final int PG_DIRTY = 2;
  public static final int PG_WRITEBACK = 4;

  /** For the assembler. */
  public static final Layout<Page> LAYOUT = new Layout<>("PAGE");

  public static final Field<Page> FLAGS = LAYOUT.word("flags"); // PG_
  public static final Field<Page> LRU = LAYOUT.list("lru"); // newest first
  public static final Field<Page> DIRTY_LIST = LAYOUT.list("dirty_list"); // oldest first
  public static final Field<Page> VIRTUAL = LAYOUT.word("virtual"); // its address
  public static final Field<Page> INDEX = LAYOUT.word("index"); // its block on the disk
  public static final Field<Page> DIRTIED_WHEN = LAYOUT.word("dirtied_when"); // jiffies

  /** Looks at one. */
  public Page(KernelMemory memory, int address) {
    super(memory, address);
  }
}
