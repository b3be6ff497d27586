package org.trampoline.emulator.memory;

/**
 * What decides, besides the page tables, how a linear address is translated (SDM vol. 3, 4.1), as a
 * set of bits. Without paging the mode is 0.
 */
final class PagingMode {
  /** CR0.PG. */
  static final int PAGING = 1;

  /** CR0.WP. */
  static final int WRITE_PROTECT = 2;

  /** CR4.PSE; irrelevant, and clear here, with PAE. */
  static final int LARGE_PAGES = 4;

  /** CR4.PAE. */
  static final int PAE = 8;

  /** IA32_EFER.NXE, which counts with PAE only. */
  static final int NO_EXECUTE = 16;

  /** Physical addresses have 36 bits: PSE-36 exists. */
  static final int WIDE = 32;

  private static final int CR0_WP = 1 << 16;
  private static final int CR0_PG = 1 << 31;
  private static final int CR4_PSE = 1 << 4;
  private static final int CR4_PAE = 1 << 5;

  private PagingMode() {}

  static int of(int cr0, int cr4, boolean noExecute, boolean wide) {
    if ((cr0 & CR0_PG) == 0) {
      return 0;
    }
    int mode = PAGING | ((cr0 & CR0_WP) != 0 ? WRITE_PROTECT : 0) | (wide ? WIDE : 0);
    if ((cr4 & CR4_PAE) != 0) {
      return mode | PAE | (noExecute ? NO_EXECUTE : 0);
    }
    return mode | ((cr4 & CR4_PSE) != 0 ? LARGE_PAGES : 0);
  }
}
