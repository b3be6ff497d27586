package org.trampoline.emulator.execute.simd;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.Operation;

/** Shifts of packed integers by one count, and of a whole XMM register by bytes. */
final class PackedShift {
  private static final long LOW_32 = 0xffff_ffffL;

  /** The lowest bit of each word, and of each doubleword. */
  private static final long WORDS = 0x0001_0001_0001_0001L;

  private static final long DOUBLEWORDS = 0x0000_0001_0000_0001L;

  private PackedShift() {}

  /** PSLLx, PSRLx, PSRAx: the count is an immediate, or the lower 64 bits of a register. */
  static void execute(Cpu c, Insn i) {
    long count;
    if (i.kind1 == Insn.IMM) {
      count = i.imm & 0xff;
    } else {
      SimdOperands.readSource(c, i);
      count = c.simd.source[0];
    }
    int bits = count >>> 6 == 0 ? (int) count : 64; // from the lanes' width on all are the same
    long low = half(i.operation, SimdOperands.low(c, i), bits);
    long high = i.kind0 == Insn.MM ? 0 : half(i.operation, SimdOperands.high(c, i), bits);
    SimdOperands.write(c, i, low, high);
  }

  private static long half(Operation operation, long a, int count) {
    return switch (operation) {
      case PSLLW -> count > 15 ? 0 : a << count & (0xffff << count & 0xffff) * WORDS;
      case PSRLW -> count > 15 ? 0 : a >>> count & (0xffff >>> count) * WORDS;
      case PSRAW -> arithmeticWords(a, Math.min(count, 15));
      case PSLLD -> count > 31 ? 0 : a << count & (LOW_32 << count & LOW_32) * DOUBLEWORDS;
      case PSRLD -> count > 31 ? 0 : a >>> count & (LOW_32 >>> count) * DOUBLEWORDS;
      case PSRAD -> arithmeticDoublewords(a, Math.min(count, 31));
      case PSLLQ -> count > 63 ? 0 : a << count;
      case PSRLQ -> count > 63 ? 0 : a >>> count;
      default -> throw new IllegalStateException("not a packed shift: " + operation);
    };
  }

  private static long arithmeticWords(long a, int count) {
    long signs = (a >>> 15 & WORDS) * (0xffff << 16 - count & 0xffff);
    return a >>> count & (0xffff >>> count) * WORDS | signs;
  }

  private static long arithmeticDoublewords(long a, int count) {
    long signs = (a >>> 31 & DOUBLEWORDS) * (LOW_32 << 32 - count & LOW_32);
    return a >>> count & (LOW_32 >>> count) * DOUBLEWORDS | signs;
  }

  /** PSLLDQ, PSRLDQ: the immediate counts bytes. */
  static void wholeRegister(Cpu c, Insn i, boolean left) {
    int count = Math.min(i.imm & 0xff, 16);
    long low = c.simd.low(i.index0);
    long high = c.simd.high(i.index0);
    if (left) {
      c.simd.set(i.index0, window(0, low, 8 - count), window(low, high, 8 - count));
    } else {
      c.simd.set(i.index0, window(low, high, count), window(high, 0, count));
    }
  }

  /**
   * Eight of the bytes low, high: those from byte {@code from}, where bytes before 0 and from 16 on
   * are 0.
   */
  static long window(long low, long high, int from) {
    if (from <= -8 || from >= 16) {
      return 0;
    }
    int bits = from * 8;
    if (from < 0) {
      return low << -bits;
    }
    if (from == 0) {
      return low;
    }
    if (from < 8) {
      return low >>> bits | high << 64 - bits;
    }
    return high >>> bits - 64;
  }
}
