package org.trampoline.emulator.execute.simd;

import java.util.Arrays;
import org.trampoline.emulator.snapshot.StatePart;

/** The registers of SSE (SDM vol. 1, 10.2); those of MMX are the x87 unit's. */
public final class SimdState implements StatePart {
  /** XMM0–XMM7: bits 63:0 of register n at 2n, bits 127:64 at 2n + 1. */
  public final long[] xmm = new long[16];

  /** Control and status. */
  public int mxcsr = Mxcsr.INITIAL;

  /** The source operand of the running instruction. */
  final long[] source = new long[2];

  /** The running instruction's arithmetic. */
  final FloatingPoint arithmetic = new FloatingPoint();

  /** The state after RESET (SDM vol. 3, table 9-1). */
  public void reset() {
    Arrays.fill(xmm, 0);
    mxcsr = Mxcsr.INITIAL;
  }

  long low(int register) {
    return xmm[2 * register];
  }

  long high(int register) {
    return xmm[2 * register + 1];
  }

  void set(int register, long low, long high) {
    xmm[2 * register] = low;
    xmm[2 * register + 1] = high;
  }
}
