package org.trampoline.emulator.execute.simd;

import static org.trampoline.emulator.execute.simd.BinaryFormat.DOUBLE;
import static org.trampoline.emulator.execute.simd.BinaryFormat.SINGLE;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.Operation;

/** Floating-point instructions that do the same to all lanes, or to the lowest (SDM vol. 2). */
final class SimdArithmetic {
  static final long LOW_32 = 0xffff_ffffL;

  private SimdArithmetic() {}

  /** Four singles. */
  static void packedSingle(Cpu c, Insn i, Operation operation) {
    SimdOperands.readSource(c, i);
    FloatingPoint p = begin(c);
    long low = singles(p, operation, c.simd.low(i.index0), c.simd.source[0]);
    long high = singles(p, operation, c.simd.high(i.index0), c.simd.source[1]);
    p.conclude(c);
    c.simd.set(i.index0, low, high);
  }

  private static long singles(FloatingPoint p, Operation operation, long a, long b) {
    return lane(p, SINGLE, operation, a & LOW_32, b & LOW_32)
        | lane(p, SINGLE, operation, a >>> 32, b >>> 32) << 32;
  }

  /** Two doubles. */
  static void packedDouble(Cpu c, Insn i, Operation operation) {
    SimdOperands.readSource(c, i);
    FloatingPoint p = begin(c);
    long low = lane(p, DOUBLE, operation, c.simd.low(i.index0), c.simd.source[0]);
    long high = lane(p, DOUBLE, operation, c.simd.high(i.index0), c.simd.source[1]);
    p.conclude(c);
    c.simd.set(i.index0, low, high);
  }

  /** The lowest single; the rest of the destination stays. */
  static void scalarSingle(Cpu c, Insn i, Operation operation) {
    SimdOperands.readSource(c, i);
    FloatingPoint p = begin(c);
    long low = c.simd.low(i.index0);
    long result = lane(p, SINGLE, operation, low & LOW_32, c.simd.source[0] & LOW_32);
    p.conclude(c);
    c.simd.set(i.index0, low & ~LOW_32 | result, c.simd.high(i.index0));
  }

  /** The lower double; the upper one of the destination stays. */
  static void scalarDouble(Cpu c, Insn i, Operation operation) {
    SimdOperands.readSource(c, i);
    FloatingPoint p = begin(c);
    long result = lane(p, DOUBLE, operation, c.simd.low(i.index0), c.simd.source[0]);
    p.conclude(c);
    c.simd.set(i.index0, result, c.simd.high(i.index0));
  }

  private static FloatingPoint begin(Cpu c) {
    c.simd.arithmetic.begin(c.simd.mxcsr);
    return c.simd.arithmetic;
  }

  /** One lane of an operation, which is named as its packed-single form. */
  private static long lane(FloatingPoint p, BinaryFormat f, Operation operation, long a, long b) {
    return switch (operation) {
      case ADDPS -> p.add(f, a, b);
      case SUBPS -> p.subtract(f, a, b);
      case MULPS -> p.multiply(f, a, b);
      case DIVPS -> p.divide(f, a, b);
      case SQRTPS -> p.squareRoot(f, b);
      case MINPS -> minimum(p, f, a, b);
      case MAXPS -> maximum(p, f, a, b);
      default -> throw new IllegalStateException("no operation on lanes: " + operation);
    };
  }

  /** The second operand unless the first is less: also for a NaN, and for zeros of either sign. */
  private static long minimum(FloatingPoint p, BinaryFormat f, long a, long b) {
    int order = p.compareSignaling(f, a, b);
    return p.operandQuietly(f, order == -1 ? a : b);
  }

  private static long maximum(FloatingPoint p, BinaryFormat f, long a, long b) {
    int order = p.compareSignaling(f, a, b);
    return p.operandQuietly(f, order == 1 ? a : b);
  }

  // ---- SSE3

  /** HADDPS, HSUBPS: neighbours combined, those of the destination first. */
  static void horizontalSingle(Cpu c, Insn i, boolean minus) {
    SimdOperands.readSource(c, i);
    FloatingPoint p = begin(c);
    long low =
        neighbours(p, c.simd.low(i.index0), minus)
            | neighbours(p, c.simd.high(i.index0), minus) << 32;
    long high =
        neighbours(p, c.simd.source[0], minus) | neighbours(p, c.simd.source[1], minus) << 32;
    p.conclude(c);
    c.simd.set(i.index0, low, high);
  }

  private static long neighbours(FloatingPoint p, long pair, boolean minus) {
    return minus
        ? p.subtract(SINGLE, pair & LOW_32, pair >>> 32)
        : p.add(SINGLE, pair & LOW_32, pair >>> 32);
  }

  /** HADDPD, HSUBPD. */
  static void horizontalDouble(Cpu c, Insn i, boolean minus) {
    SimdOperands.readSource(c, i);
    FloatingPoint p = begin(c);
    long[] s = c.simd.source;
    long a = c.simd.low(i.index0);
    long b = c.simd.high(i.index0);
    long low = minus ? p.subtract(DOUBLE, a, b) : p.add(DOUBLE, a, b);
    long high = minus ? p.subtract(DOUBLE, s[0], s[1]) : p.add(DOUBLE, s[0], s[1]);
    p.conclude(c);
    c.simd.set(i.index0, low, high);
  }

  /** ADDSUBPS: even lanes subtracted, odd ones added. */
  static void addSubtractSingle(Cpu c, Insn i) {
    SimdOperands.readSource(c, i);
    FloatingPoint p = begin(c);
    long low = addSubtract(p, c.simd.low(i.index0), c.simd.source[0]);
    long high = addSubtract(p, c.simd.high(i.index0), c.simd.source[1]);
    p.conclude(c);
    c.simd.set(i.index0, low, high);
  }

  private static long addSubtract(FloatingPoint p, long a, long b) {
    return p.subtract(SINGLE, a & LOW_32, b & LOW_32) | p.add(SINGLE, a >>> 32, b >>> 32) << 32;
  }

  /** ADDSUBPD. */
  static void addSubtractDouble(Cpu c, Insn i) {
    SimdOperands.readSource(c, i);
    FloatingPoint p = begin(c);
    long low = p.subtract(DOUBLE, c.simd.low(i.index0), c.simd.source[0]);
    long high = p.add(DOUBLE, c.simd.high(i.index0), c.simd.source[1]);
    p.conclude(c);
    c.simd.set(i.index0, low, high);
  }
}
