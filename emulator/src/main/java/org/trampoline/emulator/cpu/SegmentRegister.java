package org.trampoline.emulator.cpu;

/**
 * A segment register with its hidden part (SDM vol. 3, 3.4.3). Real-address and virtual-8086 mode
 * use the same hidden part, so no access ever asks for the mode.
 *
 * <p>{@link #low} and {@link #high} are the lowest and highest valid byte offsets as unsigned
 * numbers in a {@code long}, so expand-up and expand-down segments are checked alike; an unusable
 * (null) segment has {@code low > high}.
 */
public final class SegmentRegister {
  public static final int ES = 0;
  public static final int CS = 1;
  public static final int SS = 2;
  public static final int DS = 3;
  public static final int FS = 4;
  public static final int GS = 5;

  /** Access byte: accessed, for code and data segments. */
  public static final int ACCESSED = 0x01;

  /** Access byte: writable (data) or readable (code). */
  public static final int WRITABLE = 0x02;

  /** Access byte: expand-down (data) or conforming (code). */
  public static final int EXPAND_DOWN = 0x04;

  /** Access byte: code segment. */
  public static final int CODE = 0x08;

  /** Access byte: code or data (S = 1) as against a system descriptor. */
  public static final int CODE_OR_DATA = 0x10;

  /** Access byte: present. */
  public static final int PRESENT = 0x80;

  /** Flags: D/B, 32-bit default operation size or 32-bit stack. */
  public static final int BIG = 0x4000;

  /** Flags: limit in units of 4 KB. */
  public static final int GRANULARITY = 0x8000;

  /** Number of this register, one of {@link #ES}…{@link #GS}; 6 for LDTR, 7 for TR. */
  public final int number;

  /** The visible part, 16 bits. */
  public int selector;

  /** Linear address of offset 0. */
  public int base;

  /** Limit in bytes as the descriptor gives it, scaled by G (unsigned). */
  public int limit;

  /** Descriptor attributes: access byte in bits 0–7, AVL, L, D/B, G in bits 12–15. */
  public int attributes;

  /** Lowest and highest valid offset. */
  public long low, high;

  /** Data reads and writes allowed by the type, and no limit below 4 GB: no check is needed. */
  public boolean flat;

  /** Data reads allowed by the type. */
  public boolean readable;

  /** Data writes allowed by the type. */
  public boolean writable;

  public SegmentRegister(int number) {
    this.number = number;
  }

  /** Sets the hidden part; {@code limit} is already scaled to bytes. */
  public void set(int selector, int base, int limit, int attributes) {
    this.selector = selector;
    this.base = base;
    this.limit = limit;
    this.attributes = attributes;
    long bytes = limit & 0xffff_ffffL;
    boolean code = (attributes & CODE) != 0;
    if (!code && (attributes & EXPAND_DOWN) != 0) {
      low = bytes + 1;
      high = (attributes & BIG) != 0 ? 0xffff_ffffL : 0xffffL;
    } else {
      low = 0;
      high = bytes;
    }
    readable = !code || (attributes & WRITABLE) != 0;
    writable = !code && (attributes & WRITABLE) != 0;
    flat = readable && writable && low == 0 && high == 0xffff_ffffL;
  }

  /** Makes every access fault, as a null selector does in protected mode; keeps the base. */
  public void setNull(int selector) {
    this.selector = selector;
    limit = 0;
    attributes = 0;
    low = 1;
    high = 0;
    readable = false;
    writable = false;
    flat = false;
  }

  /** Real-address or virtual-8086 mode load: base is selector × 16 (SDM vol. 3, 21.1.1). */
  public void setReal(int selector) {
    this.selector = selector;
    base = selector << 4;
  }

  /** Whether the segment can be used at all (not null). */
  public boolean usable() {
    return low <= high;
  }

  /** D/B: 32-bit code, or 32-bit stack pointer. */
  public boolean big() {
    return (attributes & BIG) != 0;
  }

  /** Descriptor privilege level, 0–3. */
  public int dpl() {
    return attributes >> 5 & 3;
  }

  public void copyFrom(SegmentRegister other) {
    selector = other.selector;
    base = other.base;
    limit = other.limit;
    attributes = other.attributes;
    low = other.low;
    high = other.high;
    flat = other.flat;
    readable = other.readable;
    writable = other.writable;
  }
}
