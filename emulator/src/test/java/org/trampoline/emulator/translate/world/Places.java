package org.trampoline.emulator.translate.world;

/** Where things lie in a world's physical memory, and mostly linearly, too. */
final class Places {
  static final int MEMORY = 2 << 20;

  /** The real-mode vectors, at 0. */
  static final int VECTORS = 0;

  static final int GDT = 0x1000;
  static final int GDT_ENTRIES = 48;
  static final int LDT = 0x1400;
  static final int LDT_ENTRIES = 16;

  /** Operands of LGDT and LIDT, {@link #POINTER_BYTES} apart. */
  static final int POINTERS = 0x1600;

  static final int POINTER_COUNT = 8;
  static final int POINTER_BYTES = 8;
  static final int IDT = 0x2000;

  /** Task-state segments, {@link #TASK_BYTES} apart; the first is the one in use at first. */
  static final int TASKS = 0x3000;

  static final int TASK_COUNT = 3;
  static final int TASK_BYTES = 0x100;

  /** Handlers that return: see {@link Handlers}. */
  static final int HANDLERS = 0x4000;

  /** Two-level page directories and tables. */
  static final int DIRECTORY = 0x6000;

  static final int DIRECTORY_COUNT = 2;
  static final int TABLE = 0x8000;
  static final int TABLE_COUNT = 3;

  /** PAE: pointers, directories and tables. */
  static final int PAE_POINTERS = 0xb000;

  static final int PAE_DIRECTORY = 0xc000;
  static final int PAE_TABLE = 0xe000;
  static final int PAE_TABLE_COUNT = 4;

  /**
   * A third two-level directory and its table: of three spaces one has no slot if there are two.
   */
  static final int THIRD_DIRECTORY = 0x1_2000;

  static final int THIRD_TABLE = 0x1_3000;
  static final int TABLES_END = 0x1_4000;

  static final int STACKS = 0x1_8000;
  static final int STACK_BYTES = 0x4000;

  static final int CODE = 0x2_0000;
  static final int CODE_BYTES = 0x8000;

  /** From here on the code is mostly 16-bit code, from {@link #SOUP} on any bytes. */
  static final int CODE16 = CODE + 0x4000;

  static final int SOUP = CODE + 0x6800;

  /** Within code of a kind, at each multiple of this but those at ends of pages, is a loop. */
  static final int LOOP_DISTANCE = 0x400;

  static final int DATA = 0x3_0000;
  static final int DATA_BYTES = 0x1_0000;

  /** A device's page, within RAM and above it. */
  static final int DEVICE = 0x5_0000;

  /**
   * Where a device's registers are within its page: at its end, as the page may become a page
   * table, and how often a walk reads that nobody counts.
   */
  static final int DEVICE_REGISTERS = 0xfc0;

  static final int HIGH_DEVICE = 0xf000_0000;
  static final int ROM = 0x5_1000;

  /** From here on nothing is in memory but ways back, and the code once more behind A20. */
  static final int UNUSED = 0x6_0000;

  /** Linear pages that lead to anything. */
  static final int ALIASES = 0x20_0000;

  static final int ALIAS_PAGES = 64;

  /** Ports of the device that writes to code when it is used, and of the A20 gate. */
  static final int DMA_PORT = 0xd0;

  static final int A20_PORT = 0x92;

  private Places() {}
}
