package org.trampoline.emulator.execute.simd;

import static org.trampoline.emulator.execute.simd.BinaryFormat.DOUBLE;
import static org.trampoline.emulator.execute.simd.BinaryFormat.SINGLE;
import static org.trampoline.emulator.execute.simd.SimdArithmetic.LOW_32;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.decode.Insn;

/** CMPPS and its kin, COMISS and its kin (SDM vol. 2). */
final class SimdComparison {
  private static final int UNORDERED = 2;

  private SimdComparison() {}

  static void packedSingle(Cpu c, Insn i) {
    SimdOperands.readSource(c, i);
    FloatingPoint p = begin(c);
    long low = singles(p, i.imm, c.simd.low(i.index0), c.simd.source[0]);
    long high = singles(p, i.imm, c.simd.high(i.index0), c.simd.source[1]);
    p.conclude(c);
    c.simd.set(i.index0, low, high);
  }

  private static long singles(FloatingPoint p, int predicate, long a, long b) {
    return (holds(p, SINGLE, predicate, a & LOW_32, b & LOW_32) ? LOW_32 : 0)
        | (holds(p, SINGLE, predicate, a >>> 32, b >>> 32) ? ~LOW_32 : 0);
  }

  static void packedDouble(Cpu c, Insn i) {
    SimdOperands.readSource(c, i);
    FloatingPoint p = begin(c);
    long low = holds(p, DOUBLE, i.imm, c.simd.low(i.index0), c.simd.source[0]) ? -1 : 0;
    long high = holds(p, DOUBLE, i.imm, c.simd.high(i.index0), c.simd.source[1]) ? -1 : 0;
    p.conclude(c);
    c.simd.set(i.index0, low, high);
  }

  static void scalarSingle(Cpu c, Insn i) {
    SimdOperands.readSource(c, i);
    FloatingPoint p = begin(c);
    long low = c.simd.low(i.index0);
    boolean holds = holds(p, SINGLE, i.imm, low & LOW_32, c.simd.source[0] & LOW_32);
    p.conclude(c);
    c.simd.set(i.index0, low & ~LOW_32 | (holds ? LOW_32 : 0), c.simd.high(i.index0));
  }

  static void scalarDouble(Cpu c, Insn i) {
    SimdOperands.readSource(c, i);
    FloatingPoint p = begin(c);
    boolean holds = holds(p, DOUBLE, i.imm, c.simd.low(i.index0), c.simd.source[0]);
    p.conclude(c);
    c.simd.set(i.index0, holds ? -1 : 0, c.simd.high(i.index0));
  }

  private static FloatingPoint begin(Cpu c) {
    c.simd.arithmetic.begin(c.simd.mxcsr);
    return c.simd.arithmetic;
  }

  /** The predicates are in the immediate's bits 2:0 (SDM vol. 2, CMPPS); the others are ignored. */
  private static boolean holds(FloatingPoint p, BinaryFormat f, int predicate, long a, long b) {
    int relation = predicate & 3;
    int order =
        relation == 1 || relation == 2 ? p.compareSignaling(f, a, b) : p.compareQuietly(f, a, b);
    boolean holds =
        switch (relation) {
          case 0 -> order == 0;
          case 1 -> order == -1;
          case 2 -> order == -1 || order == 0;
          default -> order == UNORDERED;
        };
    return holds != ((predicate & 4) != 0);
  }

  /** COMISS, COMISD: IE for any NaN; UCOMISS, UCOMISD: only for a signalling one. */
  static void flags(Cpu c, Insn i, BinaryFormat f, boolean signaling) {
    SimdOperands.readSource(c, i);
    FloatingPoint p = begin(c);
    long mask = f == SINGLE ? LOW_32 : -1;
    long a = c.simd.low(i.index0) & mask;
    long b = c.simd.source[0] & mask;
    int order = signaling ? p.compareSignaling(f, a, b) : p.compareQuietly(f, a, b);
    p.conclude(c);
    c.setStatus(
        switch (order) {
          case -1 -> Eflags.CF;
          case 0 -> Eflags.ZF;
          case UNORDERED -> Eflags.ZF | Eflags.PF | Eflags.CF;
          default -> 0;
        });
  }
}
