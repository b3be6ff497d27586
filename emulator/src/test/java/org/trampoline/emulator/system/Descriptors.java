package org.trampoline.emulator.system;

/**
 * Descriptors for tests, put together from their fields (SDM vol. 3, figures 3-8, 5-8, 6-2, 7-3).
 */
final class Descriptors {
  static final int CODE = 0x9a;
  static final int CONFORMING = 0x9e;
  static final int EXECUTE_ONLY = 0x98;
  static final int DATA = 0x92;
  static final int READ_ONLY = 0x90;
  static final int EXPAND_DOWN = 0x96;
  static final int LDT = 0x82;
  static final int TSS16 = 0x81;
  static final int TSS32 = 0x89;
  static final int CALL_GATE16 = 0x84;
  static final int TASK_GATE = 0x85;
  static final int INTERRUPT_GATE16 = 0x86;
  static final int TRAP_GATE16 = 0x87;
  static final int CALL_GATE32 = 0x8c;
  static final int INTERRUPT_GATE = 0x8e;
  static final int TRAP_GATE = 0x8f;

  private static final long PRESENT = 1L << 47;

  private Descriptors() {}

  /** A flat 32-bit segment of 4 GB. */
  static long flat(int access, int dpl) {
    return segment(0, 0xf_ffff, access, dpl, 0xc);
  }

  /**
   * Any segment.
   *
   * @param limit the 20-bit field
   * @param flags G, D/B, L, AVL in bits 3–0
   */
  static long segment(int base, int limit, int access, int dpl, int flags) {
    long low = limit & 0xffffL | (base & 0xffffL) << 16;
    int high =
        base >>> 16 & 0xff
            | (access | dpl << 5) << 8
            | limit & 0xf_0000
            | flags << 20
            | base & 0xff00_0000;
    return low | (long) high << 32;
  }

  static long gate(int selector, int offset, int access, int dpl) {
    return gate(selector, offset, access, dpl, 0);
  }

  static long gate(int selector, int offset, int access, int dpl, int parameters) {
    long low = offset & 0xffffL | (long) selector << 16;
    int high = parameters | (access | dpl << 5) << 8 | offset & 0xffff_0000;
    return low | (long) high << 32;
  }

  static long absent(long descriptor) {
    return descriptor & ~PRESENT;
  }
}
