package org.trampoline.emulator.differential.cases;

/**
 * A code or data descriptor of privilege level 3, as Linux's {@code modify_ldt} makes it: accessed,
 * AVL clear.
 *
 * @param limit in bytes, or in pages with {@link #PAGES}; 20 bits
 * @param flags the constants here, with the meaning of the bits of Linux's {@code struct user_desc}
 */
public record LdtEntry(int base, int limit, int flags) {
  static final int BIG = 1;
  static final int EXPAND_DOWN = 1 << 1;
  static final int CODE = 2 << 1;
  static final int CONFORMING = 1 << 1;

  /** Execute-only for code. */
  static final int READ_ONLY = 1 << 3;

  static final int PAGES = 1 << 4;
  static final int NOT_PRESENT = 1 << 5;

  /** The descriptor's upper doubleword (SDM vol. 3, figure 3-8). */
  int high() {
    int type = 1 | ((flags & READ_ONLY) == 0 ? 2 : 0) | (flags >> 1 & 3) << 2;
    int access = type | 0x70 | ((flags & NOT_PRESENT) == 0 ? 0x80 : 0);
    int attributes = ((flags & BIG) != 0 ? 4 : 0) | ((flags & PAGES) != 0 ? 8 : 0);
    return base & 0xff00_0000
        | attributes << 20
        | limit & 0xf_0000
        | access << 8
        | base >>> 16 & 0xff;
  }

  /** The descriptor's lower doubleword. */
  int low() {
    return base << 16 | limit & 0xffff;
  }
}
