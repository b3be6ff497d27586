package org.trampoline.emulator.cpu;

import org.trampoline.emulator.fault.Vector;

/** The checks a selector must pass before its descriptor is loaded (SDM vol. 3, 5.5–5.8). */
public final class SegmentChecks {
  private SegmentChecks() {}

  /**
   * The descriptor of a stack segment for privilege level {@code cpl}: not null, RPL and DPL equal
   * to it, writable data, present.
   *
   * @param vector raised if it is anything but not present: #GP, or #TS in a switch of stack or
   *     task
   * @param external EXT bit for the error code
   */
  public static long stack(Cpu c, int selector, int cpl, int vector, int external) {
    if (DescriptorTable.isNull(selector)) {
      throw c.fault.set(vector, external);
    }
    long d = DescriptorTable.require(c, selector, vector, external);
    if ((selector & 3) != cpl || Descriptor.dpl(d) != cpl || !Descriptor.isWritableData(d)) {
      throw c.fault.set(vector, DescriptorTable.error(selector, external));
    }
    if (!Descriptor.present(d)) {
      throw c.fault.set(Vector.SS, DescriptorTable.error(selector, external));
    }
    return d;
  }

  /** The descriptor of a data segment, selector not null, to be used at {@code cpl}. */
  public static long data(Cpu c, int selector, int cpl, int vector, int external) {
    long d = DescriptorTable.require(c, selector, vector, external);
    boolean privileged =
        !Descriptor.isConformingCode(d) && Math.max(selector & 3, cpl) > Descriptor.dpl(d);
    if (!Descriptor.isReadable(d) || privileged) {
      throw c.fault.set(vector, DescriptorTable.error(selector, external));
    }
    if (!Descriptor.present(d)) {
      throw c.fault.set(Vector.NP, DescriptorTable.error(selector, external));
    }
    return d;
  }

  /**
   * The descriptor of a code segment that a jump, call or interrupt transfers to, its selector not
   * null.
   *
   * @param external EXT bit for the error code
   */
  public static long code(Cpu c, int selector, int external) {
    long d = DescriptorTable.require(c, selector, Vector.GP, external);
    if (!Descriptor.isCode(d)) {
      throw c.gp(DescriptorTable.error(selector, external));
    }
    return d;
  }

  /** As {@link #code}; a null selector is #GP(EXT). */
  public static long gateTarget(Cpu c, int selector, int external) {
    if (DescriptorTable.isNull(selector)) {
      throw c.gp(external);
    }
    long d = code(c, selector, external);
    if (Descriptor.dpl(d) > c.cpl) {
      throw c.gp(DescriptorTable.error(selector, external));
    }
    return d;
  }

  /** The descriptor of a code segment that RET or IRET returns to (SDM vol. 3, 5.8.6). */
  public static long returnTarget(Cpu c, int selector) {
    if (DescriptorTable.isNull(selector)) {
      throw c.gp(0);
    }
    long d = code(c, selector, 0);
    int rpl = selector & 3;
    int dpl = Descriptor.dpl(d);
    boolean privilege = Descriptor.isConformingCode(d) ? dpl <= rpl : dpl == rpl;
    if (rpl < c.cpl || !privilege) {
      throw c.gp(DescriptorTable.error(selector, 0));
    }
    present(c, selector, d, 0);
    return d;
  }

  /** #NP unless the segment is present. */
  public static void present(Cpu c, int selector, long d, int external) {
    if (!Descriptor.present(d)) {
      throw c.fault.set(Vector.NP, DescriptorTable.error(selector, external));
    }
  }

  /** #GP(EXT) unless an entry point lies within the code segment. */
  public static void entry(Cpu c, int eip, long code, int external) {
    if (Integer.compareUnsigned(eip, Descriptor.limit(code)) > 0) {
      throw c.gp(external);
    }
  }
}
