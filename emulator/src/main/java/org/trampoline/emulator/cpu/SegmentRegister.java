package org.trampoline.emulator.cpu;

import org.trampoline.emulator.snapshot.StatePart;

/**
 * A segment register with its hidden part (SDM vol. 3, 3.4.3). Real-address and virtual-8086 mode
 * use the same hidden part, so no access ever asks for the mode.
 *
 * <p>{@link #low} and {@link #high} are the lowest and highest valid byte offsets as unsigned
 * numbers in a {@code long}, so expand-up and expand-down segments are checked alike; an unusable
 * (null) segment has {@code low > high}.
 */
public final class SegmentRegister implements StatePart {
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

  /** Access byte of an 8086 segment: present, writable, accessed. */
  private static final int REAL_ACCESS = PRESENT | CODE_OR_DATA | WRITABLE | ACCESSED;

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

  /** {@link #access}: offsets are linear addresses. */
  public static final int FLAT = 0;

  /** {@link #access}: no limit, but a base. */
  public static final int BASED = 1;

  /** {@link #access}: type and limit have to be checked. */
  public static final int CHECKED = 2;

  /** {@link #access}: any base, 64 KB that may be read and written, as in real mode. */
  public static final int SMALL = 3;

  /** How data accesses have to be done: one of the above. */
  public int access = CHECKED;

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
    boolean whole = readable && writable && low == 0;
    flat = whole && high == 0xffff_ffffL;
    access = flat ? base == 0 ? FLAT : BASED : whole && high == 0xffff ? SMALL : CHECKED;
  }

  /** Takes over a code or data segment's descriptor, as accessed. */
  public void load(int selector, long descriptor) {
    set(
        selector,
        Descriptor.base(descriptor),
        Descriptor.limit(descriptor),
        Descriptor.attributes(descriptor) | ACCESSED);
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
    access = CHECKED;
  }

  /**
   * Real-address mode load: base is selector × 16, writable at privilege level 0, even CS; the
   * limit and D/B stay what they were, which is how "unreal" mode lives (SDM vol. 3, 20.1.1).
   */
  public void setReal(int selector) {
    boolean keep = usable() && low == 0;
    set(
        selector,
        selector << 4,
        keep ? limit : 0xffff,
        attributes & (BIG | GRANULARITY) | REAL_ACCESS);
  }

  /** Virtual-8086 mode load: 64 KB from selector × 16, privilege level 3 (SDM vol. 3, 20.2.1). */
  public void setVirtual8086(int selector) {
    set(selector, selector << 4, 0xffff, REAL_ACCESS | 3 << 5);
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
    access = other.access;
    readable = other.readable;
    writable = other.writable;
  }
}
