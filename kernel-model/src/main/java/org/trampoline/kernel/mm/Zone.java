package org.trampoline.kernel.mm;

import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.Layout;
import org.trampoline.kernel.layout.Struct;

/**
 * {@code struct zone} (include/linux/mmzone.h), of which there is one, and the counters of {@code
 * struct page_state} (include/linux/page-flags.h), which /proc/vmstat shows.
 */
public final class Zone extends Struct<Zone> {
  /** For the assembler. */
  public static final Layout<Zone> LAYOUT = new Layout<>("ZONE");

  public static final Field<Zone> ACTIVE_LIST = LAYOUT.list("active_list"); // newest first
  public static final Field<Zone> INACTIVE_LIST = LAYOUT.list("inactive_list"); // reclaimed next
  public static final Field<Zone> NR_ACTIVE = LAYOUT.word("nr_active"); // pages in them
  public static final Field<Zone> NR_INACTIVE = LAYOUT.word("nr_inactive");
  public static final Field<Zone> NR_SCAN_ACTIVE =
      LAYOUT.word("nr_scan_active"); // to be looked at, but too few to begin
  public static final Field<Zone> NR_SCAN_INACTIVE = LAYOUT.word("nr_scan_inactive");
  public static final Field<Zone> PAGES_SCANNED =
      LAYOUT.word("pages_scanned"); // since a page was freed
  public static final Field<Zone> ALL_UNRECLAIMABLE =
      LAYOUT.word("all_unreclaimable"); // 1: all of it looked at, in vain
  public static final Field<Zone> PREV_PRIORITY =
      LAYOUT.word("prev_priority"); // how hard it was last time: 12 easy, 0 hard

  public static final Field<Zone> NR_MAPPED = LAYOUT.word("nr_mapped"); // pages of processes
  public static final Field<Zone> NR_WRITEBACK = LAYOUT.word("nr_writeback"); // on their way
  public static final Field<Zone> PGFAULT = LAYOUT.word("pgfault"); // faults for a page
  public static final Field<Zone> PGMAJFAULT = LAYOUT.word("pgmajfault"); // that had to be read
  public static final Field<Zone> PSWPIN = LAYOUT.word("pswpin"); // pages read from swap
  public static final Field<Zone> PSWPOUT = LAYOUT.word("pswpout"); // written
  public static final Field<Zone> PGACTIVATE = LAYOUT.word("pgactivate"); // inactive to active
  public static final Field<Zone> PGDEACTIVATE = LAYOUT.word("pgdeactivate"); // and back
  public static final Field<Zone> PGSCAN = LAYOUT.word("pgscan"); // inactive pages looked at
  public static final Field<Zone> PGSTEAL = LAYOUT.word("pgsteal"); // of them freed
  public static final Field<Zone> PGROTATED = LAYOUT.word("pgrotated"); // written: to be freed next
  public static final Field<Zone> ALLOCSTALL =
      LAYOUT.word("allocstall"); // who wanted a page had to free some

  /** Looks at it. */
  public Zone(KernelMemory memory, int address) {
    super(memory, address);
  }
}
