package org.trampoline.emulator.execute.simd;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Insn;

/** Moves between memory, general, MMX and XMM registers. */
final class SimdTransfer {
  private SimdTransfer() {}

  /** A move of everything the operands have; what a shorter source lacks is 0. */
  static void move(Cpu c, Insn i) {
    SimdOperands.readSource(c, i);
    long low = c.simd.source[0];
    switch (i.kind0) {
      case Insn.MEM -> {
        SimdOperands.writeMemory(c, i, low, c.simd.source[1]);
        afterMmxSource(c, i);
      }
      case Insn.REG -> {
        c.reg[i.index0] = (int) low;
        afterMmxSource(c, i);
      }
      default -> SimdOperands.write(c, i, low, c.simd.source[1]);
    }
  }

  private static void afterMmxSource(Cpu c, Insn i) {
    if (i.kind1 == Insn.MM) {
      c.fpu.enterMmx();
    }
  }

  /** MOVQ of XMM registers, and MOVDQ2Q: the upper half of the source does not count. */
  static void moveQuadword(Cpu c, Insn i) {
    SimdOperands.readSource(c, i);
    long low = c.simd.source[0];
    if (i.kind0 == Insn.MEM) {
      SimdOperands.writeMemory(c, i, low, 0);
      afterMmxSource(c, i);
    } else {
      SimdOperands.write(c, i, low, 0);
    }
  }

  /** MOVSS, MOVSD: between registers the rest of the destination stays; from memory it is 0. */
  static void moveScalar(Cpu c, Insn i, long mask) {
    SimdOperands.readSource(c, i);
    long value = c.simd.source[0] & mask;
    if (i.kind0 == Insn.MEM) {
      SimdOperands.writeMemory(c, i, value, 0);
    } else if (i.kind1 == Insn.XMM) {
      c.simd.set(i.index0, c.simd.low(i.index0) & ~mask | value, c.simd.high(i.index0));
    } else {
      c.simd.set(i.index0, value, 0);
    }
  }

  /** MOVLPS, MOVLPD: 64 bits of memory and the lower half. */
  static void moveLow(Cpu c, Insn i) {
    if (i.kind0 == Insn.MEM) {
      SimdOperands.writeMemory(c, i, c.simd.low(i.index1), 0);
    } else {
      SimdOperands.readSource(c, i);
      c.simd.set(i.index0, c.simd.source[0], c.simd.high(i.index0));
    }
  }

  /** MOVHPS, MOVHPD: 64 bits of memory and the upper half. */
  static void moveHigh(Cpu c, Insn i) {
    if (i.kind0 == Insn.MEM) {
      SimdOperands.writeMemory(c, i, c.simd.high(i.index1), 0);
    } else {
      SimdOperands.readSource(c, i);
      c.simd.set(i.index0, c.simd.low(i.index0), c.simd.source[0]);
    }
  }

  /** MOVHLPS. */
  static void moveHighToLow(Cpu c, Insn i) {
    c.simd.set(i.index0, c.simd.high(i.index1), c.simd.high(i.index0));
  }

  /** MOVLHPS. */
  static void moveLowToHigh(Cpu c, Insn i) {
    c.simd.set(i.index0, c.simd.low(i.index0), c.simd.low(i.index1));
  }

  /** MOVDDUP. */
  static void duplicate(Cpu c, Insn i) {
    SimdOperands.readSource(c, i);
    c.simd.set(i.index0, c.simd.source[0], c.simd.source[0]);
  }

  /**
   * MASKMOVQ, MASKMOVDQU: stores the bytes whose mask has its sign set. Every byte that is stored
   * is probed before the first is; a page fault names the operand's first byte in that page.
   */
  static void maskedMove(Cpu c, Insn i) {
    long low = SimdOperands.low(c, i);
    long high = SimdOperands.high(c, i);
    SimdOperands.readSource(c, i);
    long[] mask = c.simd.source;
    int bytes = i.kind0 == Insn.MM ? 8 : 16;
    for (int n = 0; n < bytes; n++) {
      if (selects(mask, n)) {
        int linear = maskedAddress(c, i, n);
        c.mmu.probeWrite(linear - Math.min(n, linear & 0xfff), 1);
      }
    }
    for (int n = 0; n < bytes; n++) {
      if (selects(mask, n)) {
        c.mmu.write8(maskedAddress(c, i, n), (int) ((n < 8 ? low : high) >>> 8 * (n & 7)) & 0xff);
      }
    }
    afterMmxSource(c, i);
  }

  private static boolean selects(long[] mask, int n) {
    return (mask[n >> 3] >>> 8 * (n & 7) & 0x80) != 0;
  }

  /** Linear address of byte {@code n}. */
  private static int maskedAddress(Cpu c, Insn i, int n) {
    int offset = c.reg[Cpu.EDI] + n;
    return c.writeAddress(segment(i), i.address16 ? offset & 0xffff : offset, 1);
  }

  /** DS, unless a prefix names another. */
  private static int segment(Insn i) {
    return i.segment < 0 ? SegmentRegister.DS : i.segment;
  }
}
