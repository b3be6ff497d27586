package org.trampoline.kernel.mm;

import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.Layout;
import org.trampoline.kernel.layout.Struct;

/** Counters of the page allocator and of fork, which are static variables in Linux. */
public final class MmState extends Struct<MmState> {
  /** For the assembler. */
  public static final Layout<MmState> LAYOUT = new Layout<>("MMSTATE");

  public static final Field<MmState> NR_FREE_PAGES = LAYOUT.word("nr_free_pages"); // not in use
  public static final Field<MmState> MAX_PFN = LAYOUT.word("max_pfn"); // pages in all
  public static final Field<MmState> HINT = LAYOUT.word("hint"); // page to look at next
  public static final Field<MmState> NR_THREADS = LAYOUT.word("nr_threads"); // tasks but process 0
  public static final Field<MmState> MAX_THREADS = LAYOUT.word("max_threads"); // fork's limit
  public static final Field<MmState> LAST_PID = LAYOUT.word("last_pid"); // given out last

  public static final Field<MmState> MEM_MAP = LAYOUT.word("mem_map"); // array of struct page
  public static final Field<MmState> PAGES_MIN = LAYOUT.word("pages_min"); // for kswapd alone
  public static final Field<MmState> PAGES_LOW = LAYOUT.word("pages_low"); // kswapd starts
  public static final Field<MmState> PAGES_HIGH = LAYOUT.word("pages_high"); // kswapd stops
  public static final Field<MmState> NR_CACHED = LAYOUT.word("nr_cached"); // in the page cache
  public static final Field<MmState> NR_DIRTY = LAYOUT.word("nr_dirty"); // of them to be written

  /** Looks at it. */
  public MmState(KernelMemory memory, int address) {
    super(memory, address);
  }
}
