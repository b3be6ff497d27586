package org.trampoline.emulator.execute.simd;

import static org.trampoline.emulator.execute.simd.BinaryFormat.DOUBLE;
import static org.trampoline.emulator.execute.simd.BinaryFormat.SINGLE;
import static org.trampoline.emulator.execute.simd.SimdArithmetic.LOW_32;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Insn;

/** Conversions between integers, singles and doubles (SDM vol. 1, 11.4.1.6). */
final class SimdConversion {
  private SimdConversion() {}

  private static FloatingPoint begin(Cpu c, Insn i, boolean truncate) {
    SimdOperands.readSource(c, i);
    FloatingPoint p = c.simd.arithmetic;
    if (truncate) {
      p.beginTruncating(c.simd.mxcsr);
    } else {
      p.begin(c.simd.mxcsr);
    }
    return p;
  }

  /** CVTPI2PS: two integers; the destination's upper half stays. */
  static void pairToSingle(Cpu c, Insn i) {
    FloatingPoint p = begin(c, i, false);
    long low = toSingles(p, c.simd.source[0]);
    p.conclude(c);
    SimdOperands.write(c, i, low, c.simd.high(i.index0));
  }

  /** CVTDQ2PS. */
  static void toSingle(Cpu c, Insn i) {
    FloatingPoint p = begin(c, i, false);
    long low = toSingles(p, c.simd.source[0]);
    long high = toSingles(p, c.simd.source[1]);
    p.conclude(c);
    c.simd.set(i.index0, low, high);
  }

  private static long toSingles(FloatingPoint p, long pair) {
    return p.fromInteger(SINGLE, (int) pair) | p.fromInteger(SINGLE, (int) (pair >> 32)) << 32;
  }

  /** CVTPI2PD, CVTDQ2PD: exact. From memory, CVTPI2PD does not enter the MMX state. */
  static void toDouble(Cpu c, Insn i) {
    FloatingPoint p = begin(c, i, false);
    long pair = c.simd.source[0];
    SimdOperands.write(
        c, i, p.fromInteger(DOUBLE, (int) pair), p.fromInteger(DOUBLE, (int) (pair >> 32)));
  }

  /** CVTSI2SS. */
  static void scalarToSingle(Cpu c, Insn i) {
    FloatingPoint p = begin(c, i, false);
    long result = p.fromInteger(SINGLE, (int) c.simd.source[0]);
    p.conclude(c);
    c.simd.set(i.index0, c.simd.low(i.index0) & ~LOW_32 | result, c.simd.high(i.index0));
  }

  /** CVTSI2SD: exact. */
  static void scalarToDouble(Cpu c, Insn i) {
    FloatingPoint p = begin(c, i, false);
    c.simd.set(i.index0, p.fromInteger(DOUBLE, (int) c.simd.source[0]), c.simd.high(i.index0));
  }

  /** CVT(T)SS2SI, CVT(T)SD2SI. */
  static void scalarToInteger(Cpu c, Insn i, BinaryFormat f, boolean truncate) {
    FloatingPoint p = begin(c, i, truncate);
    long value = c.simd.source[0];
    int result = p.toInteger(f, f == SINGLE ? value & LOW_32 : value);
    p.conclude(c);
    c.reg[i.index0] = result;
  }

  /** CVT(T)PS2PI. */
  static void singlesToPair(Cpu c, Insn i, boolean truncate) {
    FloatingPoint p = begin(c, i, truncate);
    long result = fromSingles(p, c.simd.source[0]);
    p.conclude(c);
    SimdOperands.write(c, i, result, 0);
  }

  /** CVT(T)PS2DQ. */
  static void singlesToIntegers(Cpu c, Insn i, boolean truncate) {
    FloatingPoint p = begin(c, i, truncate);
    long low = fromSingles(p, c.simd.source[0]);
    long high = fromSingles(p, c.simd.source[1]);
    p.conclude(c);
    c.simd.set(i.index0, low, high);
  }

  private static long fromSingles(FloatingPoint p, long pair) {
    return p.toInteger(SINGLE, pair & LOW_32) & LOW_32
        | (long) p.toInteger(SINGLE, pair >>> 32) << 32;
  }

  /** CVT(T)PD2PI, CVT(T)PD2DQ: into 64 bits; the rest of an XMM register is 0. */
  static void doublesToIntegers(Cpu c, Insn i, boolean truncate) {
    FloatingPoint p = begin(c, i, truncate);
    long low = p.toInteger(DOUBLE, c.simd.source[0]) & LOW_32;
    long high = p.toInteger(DOUBLE, c.simd.source[1]);
    p.conclude(c);
    SimdOperands.write(c, i, low | high << 32, 0);
  }

  /** CVTPS2PD. */
  static void singlesToDoubles(Cpu c, Insn i) {
    FloatingPoint p = begin(c, i, false);
    long low = p.widen(c.simd.source[0] & LOW_32);
    long high = p.widen(c.simd.source[0] >>> 32);
    p.conclude(c);
    c.simd.set(i.index0, low, high);
  }

  /** CVTPD2PS: the upper half is 0. */
  static void doublesToSingles(Cpu c, Insn i) {
    FloatingPoint p = begin(c, i, false);
    long low = p.narrow(c.simd.source[0]) | p.narrow(c.simd.source[1]) << 32;
    p.conclude(c);
    c.simd.set(i.index0, low, 0);
  }

  /** CVTSS2SD. */
  static void singleToDouble(Cpu c, Insn i) {
    FloatingPoint p = begin(c, i, false);
    long result = p.widen(c.simd.source[0] & LOW_32);
    p.conclude(c);
    c.simd.set(i.index0, result, c.simd.high(i.index0));
  }

  /** CVTSD2SS. */
  static void doubleToSingle(Cpu c, Insn i) {
    FloatingPoint p = begin(c, i, false);
    long result = p.narrow(c.simd.source[0]);
    p.conclude(c);
    c.simd.set(i.index0, c.simd.low(i.index0) & ~LOW_32 | result, c.simd.high(i.index0));
  }
}
