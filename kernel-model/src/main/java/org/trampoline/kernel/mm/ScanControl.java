package org.trampoline.kernel.mm;

import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.Layout;
import org.trampoline.kernel.layout.Struct;

/** {@code struct scan_control} (mm/vmscan.c): a search for pages to free; lies on a stack. */
public final class ScanControl extends Struct<ScanControl> {
  /** For the assembler. */
  public static final Layout<ScanControl> LAYOUT = new Layout<>("SCAN");

  public static final Field<ScanControl> PRIORITY =
      LAYOUT.word("priority"); // a 2^priority-th of the lists is looked at
  public static final Field<ScanControl> NR_ACTIVE = LAYOUT.word("nr_active"); // still to look at
  public static final Field<ScanControl> NR_INACTIVE = LAYOUT.word("nr_inactive");
  public static final Field<ScanControl> NR_TO_RECLAIM =
      LAYOUT.word("nr_to_reclaim"); // that would be enough
  public static final Field<ScanControl> NR_SCANNED = LAYOUT.word("nr_scanned"); // so far, of all
  public static final Field<ScanControl> NR_RECLAIMED = LAYOUT.word("nr_reclaimed"); // and freed
  public static final Field<ScanControl> RECLAIM_MAPPED =
      LAYOUT.word("reclaim_mapped"); // 1: pages of processes, too
  public static final Field<ScanControl> PAGE =
      LAYOUT.word("page"); // locked, in no list, between the two halves
  public static final Field<ScanControl> BATCH = LAYOUT.word("batch"); // left in this round

  /** Looks at one. */
  public ScanControl(KernelMemory memory, int address) {
    super(memory, address);
  }
}
