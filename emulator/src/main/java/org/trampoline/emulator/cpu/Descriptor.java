package org.trampoline.emulator.cpu;

/**
 * Segment and gate descriptors (SDM vol. 3, 3.4.5, 3.5, 5.8.3, 6.11, 7.2.2): eight bytes, kept as a
 * little-endian {@code long} so that none is ever allocated.
 */
public final class Descriptor {
  // system descriptor types with S = 0, as in access & TYPE (SDM vol. 3, table 3-2)
  public static final int TSS16_AVAILABLE = 1;
  public static final int LDT = 2;
  public static final int TSS16_BUSY = 3;
  public static final int CALL_GATE16 = 4;
  public static final int TASK_GATE = 5;
  public static final int INTERRUPT_GATE16 = 6;
  public static final int TRAP_GATE16 = 7;
  public static final int TSS32_AVAILABLE = 9;
  public static final int TSS32_BUSY = 0xb;
  public static final int CALL_GATE32 = 0xc;
  public static final int INTERRUPT_GATE32 = 0xe;
  public static final int TRAP_GATE32 = 0xf;

  /** Bits of the access byte that say what a descriptor is: S and the type. */
  public static final int TYPE = 0x1f;

  /** The bit of a TSS type that says the task is busy. */
  public static final int BUSY = 2;

  /** The bit of a system type that makes it a 32-bit TSS or gate. */
  public static final int WIDE = 8;

  private static final int CODE = SegmentRegister.CODE_OR_DATA | SegmentRegister.CODE;
  private static final int CONFORMING_CODE = CODE | SegmentRegister.EXPAND_DOWN;

  private Descriptor() {}

  /** P, DPL, S and type. */
  public static int access(long d) {
    return (int) (d >>> 40) & 0xff;
  }

  /** S and type: of code and data segments 10H and above, of others the constants here. */
  public static int type(long d) {
    return (int) (d >>> 40) & TYPE;
  }

  public static boolean present(long d) {
    return (d >>> 47 & 1) != 0;
  }

  public static int dpl(long d) {
    return (int) (d >>> 45) & 3;
  }

  public static int base(long d) {
    return (int) (d >>> 16) & 0xff_ffff | (int) (d >>> 32) & 0xff00_0000;
  }

  /** Limit in bytes, scaled by G. */
  public static int limit(long d) {
    int limit = (int) d & 0xffff | (int) (d >>> 32) & 0xf_0000;
    return (d >>> 55 & 1) != 0 ? limit << 12 | 0xfff : limit;
  }

  /** Access byte and flags, as {@link SegmentRegister#attributes} has them. */
  public static int attributes(long d) {
    return (int) (d >>> 40) & 0xf0ff;
  }

  public static boolean isCode(long d) {
    return (type(d) & CODE) == CODE;
  }

  public static boolean isConformingCode(long d) {
    return (type(d) & CONFORMING_CODE) == CONFORMING_CODE;
  }

  /** A code or data segment as against a system segment or gate. */
  public static boolean isCodeOrData(long d) {
    return (type(d) & SegmentRegister.CODE_OR_DATA) != 0;
  }

  /** A data segment, or a code segment that may be read. */
  public static boolean isReadable(long d) {
    return isCodeOrData(d) && (!isCode(d) || (type(d) & SegmentRegister.WRITABLE) != 0);
  }

  public static boolean isWritableData(long d) {
    return isCodeOrData(d) && !isCode(d) && (type(d) & SegmentRegister.WRITABLE) != 0;
  }

  /** TSS of either width, busy or not. */
  public static boolean isTss(long d) {
    return (type(d) & ~(BUSY | WIDE)) == TSS16_AVAILABLE;
  }

  /** Selector in a gate: of the code segment, or of a task gate's TSS. */
  public static int gateSelector(long d) {
    return (int) (d >>> 16) & 0xffff;
  }

  /** Entry point in a call, interrupt or trap gate. */
  public static int gateOffset(long d) {
    int low = (int) d & 0xffff;
    return isWide(d) ? low | (int) (d >>> 32) & 0xffff_0000 : low;
  }

  /** Number of parameters a call gate copies, 0–31. */
  public static int gateParameters(long d) {
    return (int) (d >>> 32) & 0x1f;
  }

  /** A 32-bit TSS or gate. */
  public static boolean isWide(long d) {
    return (type(d) & WIDE) != 0;
  }
}
