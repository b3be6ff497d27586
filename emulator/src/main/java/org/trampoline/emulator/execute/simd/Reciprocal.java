package org.trampoline.emulator.execute.simd;

import static org.trampoline.emulator.execute.simd.BinaryFormat.SINGLE;
import static org.trampoline.emulator.execute.simd.SimdArithmetic.LOW_32;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Insn;

/**
 * RCPPS, RSQRTPS and their scalar forms: approximations with a relative error of at most 1.5 ·
 * 2^-12 (SDM vol. 2), which processors compute differently. Here they are the exact value rounded
 * to 12 bits behind the point. They raise no exception; denormals count as zeros, as operands and
 * as results.
 */
final class Reciprocal {
  /** Bits of a single's fraction that the approximation does not have. */
  private static final int MISSING = 11;

  private Reciprocal() {}

  static void packed(Cpu c, Insn i, boolean root) {
    SimdOperands.readSource(c, i);
    long[] s = c.simd.source;
    c.simd.set(i.index0, pair(s[0], root), pair(s[1], root));
  }

  private static long pair(long pair, boolean root) {
    return approximate((int) pair, root) & LOW_32
        | (long) approximate((int) (pair >> 32), root) << 32;
  }

  static void scalar(Cpu c, Insn i, boolean root) {
    SimdOperands.readSource(c, i);
    long result = approximate((int) c.simd.source[0], root) & LOW_32;
    c.simd.set(i.index0, c.simd.low(i.index0) & ~LOW_32 | result, c.simd.high(i.index0));
  }

  private static int approximate(int bits, boolean root) {
    long value = bits & LOW_32;
    int sign = bits & Integer.MIN_VALUE;
    if (SINGLE.isNan(value)) {
      return bits | (int) SINGLE.quiet;
    }
    if (SINGLE.isZero(value) || SINGLE.isDenormal(value)) {
      return sign | (int) SINGLE.infinity;
    }
    if (root && sign != 0) {
      return (int) SINGLE.indefinite;
    }
    if (SINGLE.isInfinite(value)) {
      return sign;
    }
    double x = Float.intBitsToFloat(bits);
    float exact = (float) (root ? 1 / Math.sqrt(x) : 1 / x);
    if (Math.abs(exact) < Float.MIN_NORMAL) {
      return sign;
    }
    int rounded = Float.floatToRawIntBits(exact) + (1 << MISSING - 1);
    return rounded & -(1 << MISSING);
  }
}
