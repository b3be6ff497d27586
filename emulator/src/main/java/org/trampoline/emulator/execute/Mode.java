package org.trampoline.emulator.execute;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.SegmentRegister;

/** What of the processor's state decides how a block's bytes become micro-operations. */
final class Mode {
  static final int BITS = 5;

  /** CS.D: 32-bit operands and addresses. */
  static final int CODE32 = 1;

  /** SS.B: a 32-bit stack pointer. */
  static final int STACK32 = 2;

  /** Offsets in ES, SS and DS are linear addresses, and no access is forbidden. */
  static final int FLAT_DATA = 4;

  /** CS has no limit below 4 GB. */
  static final int FLAT_CODE = 8;

  /** CS has no limit below 64 KB. */
  static final int WIDE_CODE = 16;

  private Mode() {}

  static int of(Cpu c) {
    SegmentRegister cs = c.segment[SegmentRegister.CS];
    return (c.code32 ? CODE32 : 0)
        | (c.stack32 ? STACK32 : 0)
        | (flat(c, SegmentRegister.ES) && flat(c, SegmentRegister.SS) && flat(c, SegmentRegister.DS)
            ? FLAT_DATA
            : 0)
        | (cs.low == 0 && cs.high == 0xffff_ffffL ? FLAT_CODE : 0)
        | (cs.low == 0 && cs.high >= 0xffff ? WIDE_CODE : 0);
  }

  private static boolean flat(Cpu c, int segment) {
    SegmentRegister s = c.segment[segment];
    return s.flat && s.base == 0;
  }
}
