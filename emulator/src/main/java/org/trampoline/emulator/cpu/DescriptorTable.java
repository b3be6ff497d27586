package org.trampoline.emulator.cpu;

import org.trampoline.emulator.fault.Vector;

/** Reads and marks descriptors in the GDT and LDT (SDM vol. 3, 3.5.1), as the supervisor. */
public final class DescriptorTable {
  /** Selector bit TI: the LDT. */
  public static final int LOCAL = 4;

  /** EXT of an error code: an event outside the program caused the fault (SDM vol. 3, 6.13). */
  public static final int EXTERNAL = 1;

  /** IDT of an error code: the index is a vector. */
  public static final int IDT = 2;

  private DescriptorTable() {}

  /** Whether a selector, whatever its RPL, is one of the four null ones. */
  public static boolean isNull(int selector) {
    return (selector & 0xfffc) == 0;
  }

  /** Whether the descriptor of a selector lies within its table. */
  public static boolean contains(Cpu c, int selector) {
    long last = (selector & 0xfff8) + 7L;
    return (selector & LOCAL) == 0
        ? last <= (c.gdtLimit & 0xffff)
        : c.ldtr.usable() && last <= c.ldtr.high;
  }

  /** Linear address of a selector's descriptor. */
  private static int address(Cpu c, int selector) {
    return ((selector & LOCAL) == 0 ? c.gdtBase : c.ldtr.base) + (selector & 0xfff8);
  }

  /** The descriptor of a selector that its table {@linkplain #contains contains}. */
  public static long read(Cpu c, int selector) {
    return readAt(c, address(c, selector));
  }

  /** The descriptor at a linear address. */
  public static long readAt(Cpu c, int linear) {
    return c.mmu.read32System(linear) & 0xffff_ffffL | (long) c.mmu.read32System(linear + 4) << 32;
  }

  /**
   * The descriptor of a selector, which must be within its table.
   *
   * @param vector #GP or #TS, raised with the selector as error code if it is not
   * @param external {@link #EXTERNAL} or 0, to go into that error code
   */
  public static long require(Cpu c, int selector, int vector, int external) {
    if (!contains(c, selector)) {
      throw c.fault.set(vector, error(selector, external));
    }
    return read(c, selector);
  }

  /** As the other, for #GP and a program's own reference. */
  public static long require(Cpu c, int selector) {
    return require(c, selector, Vector.GP, 0);
  }

  /** The error code that names a selector: RPL gives way to EXT. */
  public static int error(int selector, int external) {
    return selector & 0xfffc | external;
  }

  /** Sets the accessed bit of a code or data segment's descriptor, if it is not set. */
  public static void markAccessed(Cpu c, int selector, long d) {
    if ((d >>> 40 & SegmentRegister.ACCESSED) == 0) {
      setAccess(c, selector, Descriptor.access(d) | SegmentRegister.ACCESSED);
    }
  }

  /** Rewrites the access byte of a selector's descriptor. */
  public static void setAccess(Cpu c, int selector, int access) {
    c.mmu.write8System(address(c, selector) + 5, access);
  }

  /** Faults now if {@link #setAccess} would. */
  public static void probeAccess(Cpu c, int selector) {
    c.mmu.probeWriteSystem(address(c, selector) + 5, 1);
  }
}
