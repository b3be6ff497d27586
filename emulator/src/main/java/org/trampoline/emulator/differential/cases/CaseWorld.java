package org.trampoline.emulator.differential.cases;

/**
 * The surroundings every case is executed in, by every oracle: ring 3, flat 32-bit segments with
 * the selectors of 64-bit Linux, an LDT, and these linear addresses. Everything else is absent.
 */
public final class CaseWorld {
  /** Code of the cases, one slot for each run; elsewhere {@code int3}. Read-only. */
  public static final int CODE = 0x1237_0000;

  public static final int CODE_SIZE = 1 << 20;

  /**
   * Where branches may land: the slots' part of the code ends here, the rest is {@code int3}. It
   * lies at offsets that 16 bits can hold in the segment {@link #CODE_16}.
   */
  public static final int LANDING = CODE + 0xc000;

  public static final int LANDING_SIZE = 0x4000;

  /** First slot for code. */
  public static final int SLOTS = CODE + 0x1_0000;

  /** Data: writable pages between an absent page and {@link #READ_ONLY}. */
  public static final int DATA = 0x2654_0000;

  public static final int DATA_SIZE = 0x2_0000;

  /** One page that cannot be written, then nothing. */
  public static final int READ_ONLY = DATA + DATA_SIZE;

  /** Data and the read-only page. */
  public static final int DATA_MAPPED = DATA_SIZE + 0x1000;

  /**
   * Where {@link ChainProgram} lies with its control fields and records; only there while a chain
   * runs.
   */
  public static final int CHAIN = 0x4589_0000;

  /** Address of the record that the chain executes; 4 bytes. */
  public static final int CHAIN_CURRENT = CHAIN;

  /** Where the chain goes on after a fault; 4 bytes. */
  public static final int CHAIN_SKIP = CHAIN + 4;

  /** Cases left in the run; 4 bytes. */
  static final int CHAIN_LEFT = CHAIN + 8;

  /** ESP after the instruction; 4 bytes. */
  static final int CHAIN_ESP = CHAIN + 12;

  public static final int CHAIN_CODE = CHAIN + 0x1000;

  /** Records, and behind them their results. */
  public static final int CHAIN_RECORDS = CHAIN + 0x6_0000;

  public static final int CHAIN_SIZE = 0x20_0000;

  // ---- selectors

  public static final int USER_CODE = 0x23;
  public static final int USER_DATA = 0x2b;

  /** In FS while nothing else is asked for: base {@link #DATA}. */
  public static final int FS = ldt(0);

  public static final int FS_BASE = DATA;

  /** In GS: its last 64 KB end 4 KB behind the read-only page. */
  public static final int GS = ldt(1);

  public static final int GS_BASE = READ_ONLY + 0x2000 - 0x1_0000;

  public static final int SMALL = ldt(2);
  public static final int EXPAND_DOWN = ldt(3);
  public static final int NOT_PRESENT = ldt(4);
  public static final int READ_ONLY_DATA = ldt(5);
  public static final int CODE_READABLE = ldt(6);
  public static final int CODE_EXECUTE_ONLY = ldt(7);

  /** Not present: Linux makes no other ones of this type. */
  public static final int CODE_CONFORMING = ldt(8);

  /** A 16-bit stack or data segment of 64 KB at {@link #DATA}. */
  public static final int DATA_16 = ldt(9);

  /** A 16-bit code segment of 64 KB at {@link #CODE}. */
  public static final int CODE_16 = ldt(10);

  /** The LDT: entries beyond are empty, up to {@link #LDT_ENTRIES}. */
  static final LdtEntry[] LDT = {
    new LdtEntry(FS_BASE, 0xf_ffff, LdtEntry.BIG | LdtEntry.PAGES),
    new LdtEntry(GS_BASE, 0xf_ffff, LdtEntry.BIG | LdtEntry.PAGES),
    new LdtEntry(DATA, 0xfff, LdtEntry.BIG),
    new LdtEntry(DATA, 0xfff, LdtEntry.BIG | LdtEntry.EXPAND_DOWN),
    new LdtEntry(DATA, 0xfff, LdtEntry.BIG | LdtEntry.NOT_PRESENT),
    new LdtEntry(0, 0xf_ffff, LdtEntry.BIG | LdtEntry.PAGES | LdtEntry.READ_ONLY),
    new LdtEntry(0, 0xf_ffff, LdtEntry.BIG | LdtEntry.PAGES | LdtEntry.CODE),
    new LdtEntry(0, 0xf_ffff, LdtEntry.BIG | LdtEntry.PAGES | LdtEntry.CODE | LdtEntry.READ_ONLY),
    new LdtEntry(
        0, 0xf_ffff, LdtEntry.BIG | LdtEntry.CODE | LdtEntry.CONFORMING | LdtEntry.NOT_PRESENT),
    new LdtEntry(DATA, 0xffff, 0),
    new LdtEntry(CODE, 0xffff, LdtEntry.CODE)
  };

  static final int LDT_ENTRIES = 16;

  private CaseWorld() {}

  private static int ldt(int index) {
    return index << 3 | 7;
  }

  /** How many entries of the LDT are in use. */
  public static int ldtEntries() {
    return LDT.length;
  }

  /** Entry {@code index} of the LDT. */
  public static LdtEntry ldtEntry(int index) {
    return LDT[index];
  }

  /** The base of the segment register of that number (SDM numbering), as cases find it. */
  static int segmentBase(int segment) {
    return segment == 4 ? FS_BASE : segment == 5 ? GS_BASE : 0;
  }
}
