package org.trampoline.emulator.execute.simd;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.Operation;

/** Instructions that move the lanes of packed operands about (SDM vol. 2). */
final class Shuffle {
  private static final long LOW_32 = 0xffff_ffffL;

  private Shuffle() {}

  /** PUNPCKL… and UNPCKL…: the lower halves of both operands, interleaved. */
  static void unpackLow(Cpu c, Insn i, int laneBits) {
    SimdOperands.readSource(c, i);
    long a = SimdOperands.low(c, i);
    long b = c.simd.source[0];
    SimdOperands.write(c, i, interleave(a, b, laneBits), interleaveUpper(a, b, laneBits));
  }

  /** PUNPCKH… and UNPCKH…: the upper halves; of MMX registers the upper 32 bits. */
  static void unpackHigh(Cpu c, Insn i, int laneBits) {
    SimdOperands.readSource(c, i);
    if (i.kind0 == Insn.MM) {
      long upper = interleaveUpper(SimdOperands.low(c, i), c.simd.source[0], laneBits);
      SimdOperands.write(c, i, upper, 0);
      return;
    }
    long a = SimdOperands.high(c, i);
    long b = c.simd.source[1];
    SimdOperands.write(c, i, interleave(a, b, laneBits), interleaveUpper(a, b, laneBits));
  }

  /** The lower 32 bits of both, or of lanes of 64 bits the first. */
  private static long interleave(long a, long b, int laneBits) {
    if (laneBits == 64) {
      return a;
    }
    long mask = (1L << laneBits) - 1;
    long result = 0;
    for (int lane = 0; lane * laneBits < 32; lane++) {
      int from = lane * laneBits;
      long pair = a >>> from & mask | (b >>> from & mask) << laneBits;
      result |= pair << 2 * from;
    }
    return result;
  }

  private static long interleaveUpper(long a, long b, int laneBits) {
    return laneBits == 64 ? b : interleave(a >>> 32, b >>> 32, laneBits);
  }

  /** PACKSSWB, PACKUSWB, PACKSSDW. */
  static void pack(Cpu c, Insn i) {
    SimdOperands.readSource(c, i);
    long[] source = c.simd.source;
    long a = pack(i.operation, SimdOperands.low(c, i));
    if (i.kind0 == Insn.MM) {
      SimdOperands.write(c, i, a | pack(i.operation, source[0]) << 32, 0);
    } else {
      SimdOperands.write(
          c,
          i,
          a | pack(i.operation, SimdOperands.high(c, i)) << 32,
          pack(i.operation, source[0]) | pack(i.operation, source[1]) << 32);
    }
  }

  /** 64 bits into 32. */
  private static long pack(Operation operation, long value) {
    if (operation == Operation.PACKSSDW) {
      return Lanes.signedWord((int) value) & 0xffffL
          | (Lanes.signedWord((int) (value >> 32)) & 0xffffL) << 16;
    }
    boolean signed = operation == Operation.PACKSSWB;
    long result = 0;
    for (int lane = 0; lane < 4; lane++) {
      int word = (short) (value >> 16 * lane);
      int packed = signed ? Lanes.signedByte(word) : Lanes.unsignedByte(word);
      result |= (packed & 0xffL) << 8 * lane;
    }
    return result;
  }

  /** PSHUFW, and the half that PSHUFLW and PSHUFHW change. */
  private static long words(long value, int order) {
    long result = 0;
    for (int lane = 0; lane < 4; lane++) {
      result |= (value >>> 16 * (order >> 2 * lane & 3) & 0xffff) << 16 * lane;
    }
    return result;
  }

  static void pshufw(Cpu c, Insn i) {
    SimdOperands.readSource(c, i);
    SimdOperands.write(c, i, words(c.simd.source[0], i.imm), 0);
  }

  static void pshuflw(Cpu c, Insn i) {
    SimdOperands.readSource(c, i);
    SimdOperands.write(c, i, words(c.simd.source[0], i.imm), c.simd.source[1]);
  }

  static void pshufhw(Cpu c, Insn i) {
    SimdOperands.readSource(c, i);
    SimdOperands.write(c, i, c.simd.source[0], words(c.simd.source[1], i.imm));
  }

  static void pshufd(Cpu c, Insn i) {
    SimdOperands.readSource(c, i);
    long low = c.simd.source[0];
    long high = c.simd.source[1];
    SimdOperands.write(
        c,
        i,
        lane(low, high, i.imm) | lane(low, high, i.imm >> 2) << 32,
        lane(low, high, i.imm >> 4) | lane(low, high, i.imm >> 6) << 32);
  }

  /** SHUFPS: two lanes of the destination, then two of the source. */
  static void shufps(Cpu c, Insn i) {
    SimdOperands.readSource(c, i);
    long low = c.simd.low(i.index0);
    long high = c.simd.high(i.index0);
    long[] s = c.simd.source;
    SimdOperands.write(
        c,
        i,
        lane(low, high, i.imm) | lane(low, high, i.imm >> 2) << 32,
        lane(s[0], s[1], i.imm >> 4) | lane(s[0], s[1], i.imm >> 6) << 32);
  }

  /** SHUFPD. */
  static void shufpd(Cpu c, Insn i) {
    SimdOperands.readSource(c, i);
    long[] s = c.simd.source;
    SimdOperands.write(
        c,
        i,
        (i.imm & 1) == 0 ? c.simd.low(i.index0) : c.simd.high(i.index0),
        (i.imm & 2) == 0 ? s[0] : s[1]);
  }

  /** The 32-bit lane that the lower two bits of {@code selector} name. */
  private static long lane(long low, long high, int selector) {
    long half = (selector & 2) == 0 ? low : high;
    return (selector & 1) == 0 ? half & LOW_32 : half >>> 32;
  }

  /** MOVSLDUP and MOVSHDUP: the even or the odd 32-bit lanes, each twice. */
  static void duplicate(Cpu c, Insn i, boolean odd) {
    SimdOperands.readSource(c, i);
    long[] s = c.simd.source;
    SimdOperands.write(c, i, twice(s[0], odd), twice(s[1], odd));
  }

  private static long twice(long value, boolean odd) {
    long lane = odd ? value >>> 32 : value & LOW_32;
    return lane | lane << 32;
  }

  /** PSHUFB: each byte of the source selects one of the destination's, or 0. */
  static void pshufb(Cpu c, Insn i) {
    SimdOperands.readSource(c, i);
    long low = SimdOperands.low(c, i);
    long high = SimdOperands.high(c, i);
    int mask = i.kind0 == Insn.MM ? 7 : 15;
    long[] s = c.simd.source;
    SimdOperands.write(c, i, select(low, high, s[0], mask), select(low, high, s[1], mask));
  }

  private static long select(long low, long high, long selectors, int mask) {
    long result = 0;
    for (int shift = 0; shift < 64; shift += 8) {
      int selector = (int) (selectors >>> shift);
      if ((selector & 0x80) == 0) {
        int from = selector & mask;
        long half = from < 8 ? low : high;
        result |= (half >>> 8 * (from & 7) & 0xff) << shift;
      }
    }
    return result;
  }

  /** PALIGNR: bytes from the source on, with the destination above it. */
  static void palignr(Cpu c, Insn i) {
    SimdOperands.readSource(c, i);
    int from = i.imm & 0xff;
    long[] s = c.simd.source;
    long a = SimdOperands.low(c, i);
    if (i.kind0 == Insn.MM) {
      SimdOperands.write(c, i, PackedShift.window(s[0], a, from), 0);
      return;
    }
    long b = SimdOperands.high(c, i);
    SimdOperands.write(c, i, window(s, a, b, from), window(s, a, b, from + 8));
  }

  private static long window(long[] source, long low, long high, int from) {
    if (from < 8) {
      return PackedShift.window(source[0], source[1], from);
    }
    if (from < 16) {
      return PackedShift.window(source[1], low, from - 8);
    }
    return PackedShift.window(low, high, from - 16);
  }

  /** PHADDW, PHADDD, PHSUBW, PHSUBD and the saturating ones. */
  static void horizontal(Cpu c, Insn i) {
    SimdOperands.readSource(c, i);
    long[] s = c.simd.source;
    long a = horizontal(i.operation, SimdOperands.low(c, i));
    if (i.kind0 == Insn.MM) {
      SimdOperands.write(c, i, a | horizontal(i.operation, s[0]) << 32, 0);
    } else {
      SimdOperands.write(
          c,
          i,
          a | horizontal(i.operation, SimdOperands.high(c, i)) << 32,
          horizontal(i.operation, s[0]) | horizontal(i.operation, s[1]) << 32);
    }
  }

  /** The neighbours in 64 bits combined, in 32. */
  private static long horizontal(Operation operation, long value) {
    return switch (operation) {
      case PHADDD -> (int) value + (int) (value >> 32) & LOW_32;
      case PHSUBD -> (int) value - (int) (value >> 32) & LOW_32;
      default ->
          neighbours(operation, (int) value) & 0xffffL
              | (neighbours(operation, (int) (value >> 32)) & 0xffffL) << 16;
    };
  }

  private static int neighbours(Operation operation, int pair) {
    int first = (short) pair;
    int second = pair >> 16;
    return switch (operation) {
      case PHADDW -> first + second;
      case PHADDSW -> Lanes.signedWord(first + second);
      case PHSUBW -> first - second;
      case PHSUBSW -> Lanes.signedWord(first - second);
      default -> throw new IllegalStateException("not a horizontal operation: " + operation);
    };
  }

  /** PINSRW. */
  static void pinsrw(Cpu c, Insn i) {
    SimdOperands.readSource(c, i);
    long word = c.simd.source[0] & 0xffff;
    long low = SimdOperands.low(c, i);
    long high = SimdOperands.high(c, i);
    int shift = 16 * (i.imm & 3);
    if (i.kind0 == Insn.XMM && (i.imm & 4) != 0) {
      high = high & ~(0xffffL << shift) | word << shift;
    } else {
      low = low & ~(0xffffL << shift) | word << shift;
    }
    SimdOperands.write(c, i, low, high);
  }

  /** PEXTRW. */
  static void pextrw(Cpu c, Insn i) {
    SimdOperands.readSource(c, i);
    boolean upper = i.kind1 == Insn.XMM && (i.imm & 4) != 0;
    long half = c.simd.source[upper ? 1 : 0];
    c.reg[i.index0] = (int) (half >>> 16 * (i.imm & 3)) & 0xffff;
    afterMmxSource(c, i);
  }

  /** PMOVMSKB, MOVMSKPS, MOVMSKPD: the sign bits of the lanes. */
  static void signs(Cpu c, Insn i, int laneBits) {
    SimdOperands.readSource(c, i);
    long[] s = c.simd.source;
    int lower = signs(s[0], laneBits);
    c.reg[i.index0] = i.kind1 == Insn.MM ? lower : lower | signs(s[1], laneBits) << 64 / laneBits;
    afterMmxSource(c, i);
  }

  private static int signs(long value, int laneBits) {
    int result = 0;
    for (int lane = 0; lane < 64 / laneBits; lane++) {
      result |= (int) (value >>> (lane + 1) * laneBits - 1 & 1) << lane;
    }
    return result;
  }

  /** An MMX register was read and none written: that, too, enters the MMX state. */
  private static void afterMmxSource(Cpu c, Insn i) {
    if (i.kind1 == Insn.MM) {
      c.fpu.enterMmx();
    }
  }
}
