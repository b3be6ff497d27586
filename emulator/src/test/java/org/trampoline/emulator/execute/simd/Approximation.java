package org.trampoline.emulator.execute.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.Operation;

/** What the SDM says of the results of RCPPS, RSQRTPS and their scalar forms. */
final class Approximation {
  private static final double LARGEST_ERROR = 1.5 / 4096;
  private static final int XMM = 160;

  private Approximation() {}

  static void check(Insn insn, SimdCase in, SimdCase out) {
    boolean root = insn.operation == Operation.RSQRTPS || insn.operation == Operation.RSQRTSS;
    boolean packed = insn.operation == Operation.RCPPS || insn.operation == Operation.RSQRTPS;
    ByteBuffer before = ByteBuffer.wrap(in.image).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer after = ByteBuffer.wrap(out.image).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer memory = ByteBuffer.wrap(in.memory).order(ByteOrder.LITTLE_ENDIAN);
    for (int lane = 0; lane < 4; lane++) {
      int result = after.getInt(XMM + 16 * insn.index0 + 4 * lane);
      if (lane > 0 && !packed) {
        assertEquals(before.getInt(XMM + 16 * insn.index0 + 4 * lane), result);
        continue;
      }
      int source =
          insn.kind1 == Insn.MEM
              ? memory.getInt(4 * lane)
              : before.getInt(XMM + 16 * insn.index1 + 4 * lane);
      checkLane(source, result, root);
    }
  }

  private static void checkLane(int source, int result, boolean root) {
    float x = Float.intBitsToFloat(source);
    float y = Float.intBitsToFloat(result);
    String text = String.format("%s %08x: %08x", root ? "rsqrt" : "rcp", source, result);
    if (Float.isNaN(x)) {
      assertEquals(source | 0x400000, result, text);
    } else if (Math.abs(x) < Float.MIN_NORMAL) {
      assertEquals(Math.copySign(Float.POSITIVE_INFINITY, x), y, text);
    } else if (root && x < 0) {
      assertEquals(0xffc00000, result, text);
    } else {
      double exact = root ? 1 / Math.sqrt(x) : 1.0 / x;
      if (Math.abs(exact) < Float.MIN_NORMAL) {
        // processors differ in where results become zero
        assertTrue(Math.abs(y) <= Float.MIN_NORMAL * 1.01, text);
      } else {
        assertTrue(Math.abs(y - exact) <= LARGEST_ERROR * Math.abs(exact), text);
      }
    }
  }
}
