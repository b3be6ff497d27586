package org.trampoline.emulator.translate.sequence;

/** Where things lie in the memory of a random sequence, physically and, at first, linearly. */
final class Layout {
  static final int MEMORY = 1 << 20;
  static final int GDT = 0x1000;
  static final int IDT = 0x2000;
  static final int TSS = 0x3000;

  /** The kernel's code. */
  static final int KERNEL = 0x4000;

  /** Register contents that the kernel chooses from, of {@link #CONTEXT_BYTES} each. */
  static final int CONTEXTS = 0x5000;

  static final int CONTEXT_COUNT = 64;
  static final int CONTEXT_BYTES = 128;
  static final int STACK = 0xa000;

  /** Where the kernel builds the frame it returns through. */
  static final int FRAME = 0x9800;

  static final int COUNTS = 0xa000;

  /** Address spaces. */
  static final int SPACES = 3;

  /** The first of the page directories and tables. */
  static final int TABLES = 0x1_0000;

  static final int[] DIRECTORIES = {TABLES, 0x1_1000, 0x1_6000};

  /** The page table of each space for the first part of it; they share the others. */
  static final int[] SPACE_TABLES = {0x1_2000, 0x1_3000, 0x1_7000};

  static final int TABLE_COMMON = 0x1_4000;

  /** PAE's page-directory pointers of all spaces. */
  static final int POINTERS = 0x1_5000;

  static final int POINTER_BYTES = 0x20;
  static final int DATA = 0x2_0000;
  static final int DATA_PAGES = 16;
  static final int CODE = 0x4_0000;
  static final int CODE_PAGES = 8;

  /** From here on the code is 16-bit code. */
  static final int CODE16 = CODE + 6 * 0x1000;

  /** At each multiple of this begins a loop, as far as nothing else reaches beyond it. */
  static final int LOOP_DISTANCE = 0x200;

  static final int USER_STACK = 0x5_0000;

  /** Linear pages that lead to anything. */
  static final int ALIASES = 0x8_0000;

  static final int ALIAS_PAGES = 32;

  static final int KERNEL_CODE = 0x08;
  static final int KERNEL_DATA = 0x10;
  static final int USER_CODE = 0x1b;
  static final int USER_DATA = 0x23;
  static final int KERNEL_CODE16 = 0x28;
  static final int USER_CODE16 = 0x33;
  static final int LIMITED_DATA = 0x3b;
  static final int DOWN_DATA = 0x43;
  static final int READ_ONLY_DATA = 0x4b;
  static final int BASED_DATA = 0x53;
  static final int TASK = 0x58;
  static final int BASED_CODE = 0x63;
  static final int STACK16 = 0x6b;

  private Layout() {}
}
