package org.trampoline.kernel.mm;

import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.Layout;
import org.trampoline.kernel.layout.Struct;

/** {@code struct swap_info_struct} (include/linux/swap.h), of which there is one. */
public final class SwapInfo extends Struct<SwapInfo> {
  /** For the assembler. */
  public static final Layout<SwapInfo> LAYOUT = new Layout<>("SWAP");

  public static final Field<SwapInfo> SWAP_MAP =
      LAYOUT.word("swap_map"); // a 16-bit count for each slot; NULL: no swap area
  public static final Field<SwapInfo> CACHE =
      LAYOUT.word("cache"); // struct page or NULL for each slot; Linux: swapper_space's radix tree
  public static final Field<SwapInfo> MAX = LAYOUT.word("max"); // number of slots, with slot 0
  public static final Field<SwapInfo> PAGES = LAYOUT.word("pages"); // those that can be used
  public static final Field<SwapInfo> INUSE_PAGES = LAYOUT.word("inuse_pages"); // that are used
  public static final Field<SwapInfo> CLUSTER_NEXT = LAYOUT.word("cluster_next"); // try this slot
  public static final Field<SwapInfo> START_BLOCK =
      LAYOUT.word("start_block"); // of the disk, where slot 0 is

  /** Looks at it. */
  public SwapInfo(KernelMemory memory, int address) {
    super(memory, address);
  }
}
