package org.trampoline.emulator.execute;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.UndefinedFlags;
import org.trampoline.emulator.decode.Insn;

/**
 * Shifts and rotates (SDM vol. 1, 5.1.5). Counts are taken modulo 32; a count of 0 changes no flag.
 * OF is defined for a count of 1 only; for others it is computed by the same rule, and AF
 * (undefined after shifts) is cleared.
 */
public final class Shifts {
  private Shifts() {}

  /** Result flags of a shift; {@code cf} and {@code of} are 0 or 1. */
  private static int flags(Cpu c, int size, int r, int cf, int of) {
    int unused = 32 - 8 * size;
    int extended = r << unused >> unused;
    c.zero = extended;
    c.sign = extended;
    c.carry = cf << 31 | (cf ^ of) << 30;
    return r << unused >>> unused;
  }

  /** Sets CF and OF alone, as rotates do. */
  private static void rotateFlags(Cpu c, int cf, int of) {
    c.carry = cf << 31 | (cf ^ of) << 30 | c.carry & 8;
  }

  /**
   * Any of them.
   *
   * @param kind as in bits 5:3 of the second byte of the opcode
   */
  static int shift(Cpu c, int kind, int size, int a, int count) {
    return switch (kind) {
      case 0 -> rol(c, size, a, count);
      case 1 -> ror(c, size, a, count);
      case 2 -> rcl(c, size, a, count);
      case 3 -> rcr(c, size, a, count);
      case 5 -> shr(c, size, a, count);
      case 7 -> sar(c, size, a, count);
      default -> shl(c, size, a, count);
    };
  }

  public static int shl(Cpu c, int size, int a, int count) {
    int n = count & 31;
    if (n == 0) {
      return a;
    }
    int bits = 8 * size;
    int r = a << n;
    int cf = n <= bits ? a >>> bits - n & 1 : 0;
    return flags(c, size, r, cf, r >>> bits - 1 & 1 ^ cf);
  }

  public static int shr(Cpu c, int size, int a, int count) {
    int n = count & 31;
    if (n == 0) {
      return a;
    }
    int value = a & Arithmetic.mask(size);
    int top = value >>> 8 * size - 1;
    int next = n == 1 ? top : 0;
    return flags(c, size, value >>> n, value >>> n - 1 & 1, next);
  }

  public static int sar(Cpu c, int size, int a, int count) {
    int n = count & 31;
    if (n == 0) {
      return a;
    }
    int unused = 32 - 8 * size;
    int value = a << unused >> unused;
    return flags(c, size, value >> n, value >> n - 1 & 1, 0);
  }

  public static int rol(Cpu c, int size, int a, int count) {
    int n = count & 31;
    if (n == 0) {
      return a;
    }
    int bits = 8 * size;
    int value = a & Arithmetic.mask(size);
    int k = n & bits - 1;
    int r = k == 0 ? value : (value << k | value >>> bits - k) & Arithmetic.mask(size);
    int cf = r & 1;
    rotateFlags(c, cf, cf ^ r >>> bits - 1 & 1);
    return r;
  }

  public static int ror(Cpu c, int size, int a, int count) {
    int n = count & 31;
    if (n == 0) {
      return a;
    }
    int bits = 8 * size;
    int value = a & Arithmetic.mask(size);
    int k = n & bits - 1;
    int r = k == 0 ? value : (value >>> k | value << bits - k) & Arithmetic.mask(size);
    int cf = r >>> bits - 1 & 1;
    rotateFlags(c, cf, cf ^ r >>> bits - 2 & 1);
    return r;
  }

  /** Rotate through carry: {@code size} × 8 + 1 bits. */
  public static int rcl(Cpu c, int size, int a, int count) {
    int bits = 8 * size;
    if ((count & 31) == 0) {
      return a;
    }
    int n = (count & 31) % (bits + 1);
    long value = a & 0xffff_ffffL & (1L << bits) - 1 | (long) (c.carry >>> 31) << bits;
    long rotated = value << n | value >>> bits + 1 - n;
    int r = (int) rotated & Arithmetic.mask(size);
    int cf = (int) (rotated >>> bits) & 1;
    rotateFlags(c, cf, cf ^ r >>> bits - 1 & 1);
    return r;
  }

  public static int rcr(Cpu c, int size, int a, int count) {
    int bits = 8 * size;
    if ((count & 31) == 0) {
      return a;
    }
    int n = (count & 31) % (bits + 1);
    long value = a & 0xffff_ffffL & (1L << bits) - 1 | (long) (c.carry >>> 31) << bits;
    long rotated = value >>> n | value << bits + 1 - n;
    int r = (int) rotated & Arithmetic.mask(size);
    int cf = (int) (rotated >>> bits) & 1;
    rotateFlags(c, cf, r >>> bits - 1 & 1 ^ r >>> bits - 2 & 1);
    return r;
  }

  /**
   * SHLD. A 16-bit shift by more than 16 is undefined; here the operand pair is taken as if the
   * destination followed the source again, as P6 processors do, or on Zen the source itself.
   */
  public static int shld(Cpu c, int size, int a, int b, int count) {
    int n = count & 31;
    if (n == 0) {
      return a;
    }
    if (size == 4) {
      int r = a << n | b >>> 32 - n;
      int cf = a >>> 32 - n & 1;
      return flags(c, 4, r, cf, (r ^ a) >>> 31);
    }
    long third = c.undefinedFlags == UndefinedFlags.ZEN ? b & 0xffffL : a & 0xffffL;
    long wide = (a & 0xffffL) << 32 | (b & 0xffffL) << 16 | third;
    int r = (int) (wide << n >>> 32) & 0xffff;
    int cf = (int) (wide << n >>> 48) & 1;
    return flags(c, 2, r, cf, (r ^ a) >>> 15 & 1);
  }

  /** SHRD; see {@link #shld} for counts above the width. */
  public static int shrd(Cpu c, int size, int a, int b, int count) {
    int n = count & 31;
    if (n == 0) {
      return a;
    }
    if (size == 4) {
      int r = a >>> n | b << 32 - n;
      return flags(c, 4, r, a >>> n - 1 & 1, (r ^ a) >>> 31);
    }
    long third = c.undefinedFlags == UndefinedFlags.ZEN ? b & 0xffffL : a & 0xffffL;
    long wide = third << 32 | (b & 0xffffL) << 16 | a & 0xffffL;
    int r = (int) (wide >>> n) & 0xffff;
    return flags(c, 2, r, (int) (wide >>> n - 1) & 1, (r ^ a) >>> 15 & 1);
  }

  static void shl(Cpu c, Insn i) {
    int a = Operands.modify0(c, i);
    Operands.write0(c, i, shl(c, i.size0, a, Operands.read1(c, i)));
  }

  static void shr(Cpu c, Insn i) {
    int a = Operands.modify0(c, i);
    Operands.write0(c, i, shr(c, i.size0, a, Operands.read1(c, i)));
  }

  static void sar(Cpu c, Insn i) {
    int a = Operands.modify0(c, i);
    Operands.write0(c, i, sar(c, i.size0, a, Operands.read1(c, i)));
  }

  static void rol(Cpu c, Insn i) {
    int a = Operands.modify0(c, i);
    Operands.write0(c, i, rol(c, i.size0, a, Operands.read1(c, i)));
  }

  static void ror(Cpu c, Insn i) {
    int a = Operands.modify0(c, i);
    Operands.write0(c, i, ror(c, i.size0, a, Operands.read1(c, i)));
  }

  static void rcl(Cpu c, Insn i) {
    int a = Operands.modify0(c, i);
    Operands.write0(c, i, rcl(c, i.size0, a, Operands.read1(c, i)));
  }

  static void rcr(Cpu c, Insn i) {
    int a = Operands.modify0(c, i);
    Operands.write0(c, i, rcr(c, i.size0, a, Operands.read1(c, i)));
  }

  static void shld(Cpu c, Insn i) {
    int a = Operands.modify0(c, i);
    int b = Operands.read1(c, i);
    Operands.write0(c, i, shld(c, i.size0, a, b, Operands.read2(c, i)));
  }

  static void shrd(Cpu c, Insn i) {
    int a = Operands.modify0(c, i);
    int b = Operands.read1(c, i);
    Operands.write0(c, i, shrd(c, i.size0, a, b, Operands.read2(c, i)));
  }
}
