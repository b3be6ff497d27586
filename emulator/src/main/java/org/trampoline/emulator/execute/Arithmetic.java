package org.trampoline.emulator.execute;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.fault.Vector;

/**
 * Binary arithmetic instructions (SDM vol. 1, 5.1.2).
 *
 * <p>The methods on values set the flags and return the result, zero-extended from {@code size}
 * bytes; operands may have any bits above their width. The carry vector of an addition, (a and b)
 * or ((a or b) and not sum), holds the carry out of every bit, and so CF, OF and AF at once.
 */
public final class Arithmetic {
  private Arithmetic() {}

  // ---- on values

  public static int add32(Cpu c, int a, int b) {
    int r = a + b;
    c.zero = r;
    c.sign = r;
    c.carry = a & b | (a | b) & ~r;
    return r;
  }

  public static int sub32(Cpu c, int a, int b) {
    int r = a - b;
    c.zero = r;
    c.sign = r;
    c.carry = ~a & b | (~a | b) & r;
    return r;
  }

  public static void sub8(Cpu c, int a, int b) {
    int r = a - b;
    c.zero = (byte) r;
    c.sign = (byte) r;
    int vector = ~a & b | (~a | b) & r;
    c.carry = vector << 24 | vector & 8;
  }

  public static int inc32(Cpu c, int a) {
    int r = a + 1;
    c.zero = r;
    c.sign = r;
    keepCarry(c, a & ~r);
    return r;
  }

  public static int dec32(Cpu c, int a) {
    int r = a - 1;
    c.zero = r;
    c.sign = r;
    keepCarry(c, ~a & r);
    return r;
  }

  public static int add(Cpu c, int size, int a, int b) {
    int r = a + b;
    return flags(c, size, r, a & b | (a | b) & ~r);
  }

  public static int adc(Cpu c, int size, int a, int b) {
    int r = a + b + (c.carry >>> 31);
    return flags(c, size, r, a & b | (a | b) & ~r);
  }

  public static int sub(Cpu c, int size, int a, int b) {
    int r = a - b;
    return flags(c, size, r, ~a & b | (~a | b) & r);
  }

  public static int sbb(Cpu c, int size, int a, int b) {
    int r = a - b - (c.carry >>> 31);
    return flags(c, size, r, ~a & b | (~a | b) & r);
  }

  public static int inc(Cpu c, int size, int a) {
    int r = a + 1;
    int carry = c.carry;
    flags(c, size, r, a & ~r);
    int vector = c.carry;
    c.carry = carry;
    keepCarry(c, vector);
    return r & mask(size);
  }

  public static int dec(Cpu c, int size, int a) {
    int r = a - 1;
    int carry = c.carry;
    flags(c, size, r, ~a & r);
    int vector = c.carry;
    c.carry = carry;
    keepCarry(c, vector);
    return r & mask(size);
  }

  /** All ones in {@code size} bytes. */
  static int mask(int size) {
    return -1 >>> 32 - 8 * size;
  }

  /** Sets OF and AF from a carry vector and leaves CF as it was. */
  private static void keepCarry(Cpu c, int vector) {
    int overflow = (vector ^ vector << 1) & 0x8000_0000;
    int cf = c.carry & 0x8000_0000;
    c.carry = cf | (cf ^ overflow) >>> 1 | vector & 8;
  }

  /** Sets all status flags from a result and its carry vector; returns the result zero-extended. */
  private static int flags(Cpu c, int size, int r, int vector) {
    switch (size) {
      case 1 -> {
        c.zero = (byte) r;
        c.sign = (byte) r;
        c.carry = vector << 24 | vector & 8;
        return r & 0xff;
      }
      case 2 -> {
        c.zero = (short) r;
        c.sign = (short) r;
        c.carry = vector << 16 | vector & 8;
        return r & 0xffff;
      }
      default -> {
        c.zero = r;
        c.sign = r;
        c.carry = vector;
        return r;
      }
    }
  }

  /** CF = OF = {@code overflow}; the undefined flags follow the low half, AF is cleared. */
  private static void productFlags(Cpu c, int low, boolean overflow) {
    c.zero = low;
    c.sign = low;
    c.carry = overflow ? 0x8000_0000 : 0;
  }

  /** Signed product truncated to {@code size} bytes, as the two- and three-operand IMUL give it. */
  public static int imul(Cpu c, int size, int a, int b) {
    if (size == 4) {
      return imul32(c, a, b);
    }
    int product = (short) a * (short) b;
    productFlags(c, (short) product, product != (short) product);
    return product & 0xffff;
  }

  public static int imul32(Cpu c, int a, int b) {
    long product = (long) a * b;
    productFlags(c, (int) product, product != (int) product);
    return (int) product;
  }

  // ---- instructions

  static void add(Cpu c, Insn i) {
    int a = Operands.modify0(c, i);
    int b = Operands.read1(c, i);
    Operands.write0(c, i, add(c, i.size0, a, b));
  }

  static void adc(Cpu c, Insn i) {
    int a = Operands.modify0(c, i);
    int b = Operands.read1(c, i);
    Operands.write0(c, i, adc(c, i.size0, a, b));
  }

  static void sub(Cpu c, Insn i) {
    int a = Operands.modify0(c, i);
    int b = Operands.read1(c, i);
    Operands.write0(c, i, sub(c, i.size0, a, b));
  }

  static void sbb(Cpu c, Insn i) {
    int a = Operands.modify0(c, i);
    int b = Operands.read1(c, i);
    Operands.write0(c, i, sbb(c, i.size0, a, b));
  }

  static void cmp(Cpu c, Insn i) {
    int a = Operands.read0(c, i);
    sub(c, i.size0, a, Operands.read1(c, i));
  }

  static void inc(Cpu c, Insn i) {
    int a = Operands.modify0(c, i);
    Operands.write0(c, i, inc(c, i.size0, a));
  }

  static void dec(Cpu c, Insn i) {
    int a = Operands.modify0(c, i);
    Operands.write0(c, i, dec(c, i.size0, a));
  }

  static void neg(Cpu c, Insn i) {
    int a = Operands.modify0(c, i);
    Operands.write0(c, i, sub(c, i.size0, 0, a));
  }

  /** One-operand MUL: the accumulator times the operand into AX, DX:AX or EDX:EAX. */
  static void mul(Cpu c, int source, int size) {
    switch (size) {
      case 1 -> {
        int product = (c.reg[Cpu.EAX] & 0xff) * (source & 0xff);
        c.reg16(Cpu.EAX, product);
        productFlags(c, (byte) product, product >>> 8 != 0);
      }
      case 2 -> {
        int product = (c.reg[Cpu.EAX] & 0xffff) * (source & 0xffff);
        c.reg16(Cpu.EAX, product);
        c.reg16(Cpu.EDX, product >>> 16);
        productFlags(c, (short) product, product >>> 16 != 0);
      }
      default -> {
        long product = (c.reg[Cpu.EAX] & 0xffff_ffffL) * (source & 0xffff_ffffL);
        c.reg[Cpu.EAX] = (int) product;
        c.reg[Cpu.EDX] = (int) (product >>> 32);
        productFlags(c, (int) product, product >>> 32 != 0);
      }
    }
  }

  /** One-operand IMUL. */
  static void imulAccumulator(Cpu c, int source, int size) {
    switch (size) {
      case 1 -> {
        int product = (byte) c.reg[Cpu.EAX] * (byte) source;
        c.reg16(Cpu.EAX, product);
        productFlags(c, (byte) product, product != (byte) product);
      }
      case 2 -> {
        int product = (short) c.reg[Cpu.EAX] * (short) source;
        c.reg16(Cpu.EAX, product);
        c.reg16(Cpu.EDX, product >>> 16);
        productFlags(c, (short) product, product != (short) product);
      }
      default -> {
        long product = (long) c.reg[Cpu.EAX] * source;
        c.reg[Cpu.EAX] = (int) product;
        c.reg[Cpu.EDX] = (int) (product >>> 32);
        productFlags(c, (int) product, product != (int) product);
      }
    }
  }

  /** DIV: unsigned; #DE when the divisor is 0 or the quotient does not fit. */
  static void div(Cpu c, int divisor, int size) {
    if (divisor == 0) {
      throw c.fault.set(Vector.DE);
    }
    switch (size) {
      case 1 -> {
        int dividend = c.reg[Cpu.EAX] & 0xffff;
        int quotient = dividend / divisor;
        checkQuotient(c, quotient <= 0xff);
        c.reg16(Cpu.EAX, quotient | dividend % divisor << 8);
      }
      case 2 -> {
        int dividend = c.reg[Cpu.EDX] << 16 | c.reg[Cpu.EAX] & 0xffff;
        int quotient = Integer.divideUnsigned(dividend, divisor);
        checkQuotient(c, quotient >>> 16 == 0);
        c.reg16(Cpu.EAX, quotient);
        c.reg16(Cpu.EDX, Integer.remainderUnsigned(dividend, divisor));
      }
      default -> {
        long dividend = (long) c.reg[Cpu.EDX] << 32 | c.reg[Cpu.EAX] & 0xffff_ffffL;
        long unsignedDivisor = divisor & 0xffff_ffffL;
        long quotient = Long.divideUnsigned(dividend, unsignedDivisor);
        checkQuotient(c, quotient >>> 32 == 0);
        c.reg[Cpu.EAX] = (int) quotient;
        c.reg[Cpu.EDX] = (int) (dividend - quotient * unsignedDivisor);
      }
    }
  }

  /** IDIV: signed, truncating; #DE when the divisor is 0 or the quotient does not fit. */
  static void idiv(Cpu c, int divisor, int size) {
    if (divisor == 0) {
      throw c.fault.set(Vector.DE);
    }
    switch (size) {
      case 1 -> {
        int dividend = (short) c.reg[Cpu.EAX];
        int quotient = dividend / (byte) divisor;
        checkQuotient(c, quotient == (byte) quotient);
        c.reg16(Cpu.EAX, quotient & 0xff | dividend % (byte) divisor << 8);
      }
      case 2 -> {
        int dividend = c.reg[Cpu.EDX] << 16 | c.reg[Cpu.EAX] & 0xffff;
        long quotient = (long) dividend / (short) divisor;
        checkQuotient(c, quotient == (short) quotient);
        c.reg16(Cpu.EAX, (int) quotient);
        c.reg16(Cpu.EDX, dividend % (short) divisor);
      }
      default -> {
        long dividend = (long) c.reg[Cpu.EDX] << 32 | c.reg[Cpu.EAX] & 0xffff_ffffL;
        // Long.MIN_VALUE / -1 overflows to itself, which does not fit either
        long quotient = dividend / divisor;
        checkQuotient(c, quotient == (int) quotient);
        c.reg[Cpu.EAX] = (int) quotient;
        c.reg[Cpu.EDX] = (int) (dividend - quotient * divisor);
      }
    }
  }

  private static void checkQuotient(Cpu c, boolean fits) {
    if (!fits) {
      throw c.fault.set(Vector.DE);
    }
  }

  /** IMUL r, r/m and IMUL r, r/m, imm. */
  static void imulTruncated(Cpu c, Insn i) {
    int a = i.kind2 == Insn.NONE ? Operands.read0(c, i) : Operands.read2(c, i);
    Operands.write0(c, i, imul(c, i.size0, Operands.read1(c, i), a));
  }

  static void xadd(Cpu c, Insn i) {
    int a = Operands.modify0(c, i);
    int b = Operands.read1(c, i);
    int sum = add(c, i.size0, a, b);
    if (i.kind0 == Insn.MEM) {
      // memory first: its address may use the register
      Operands.write0(c, i, sum);
      Operands.write1(c, i, a);
    } else {
      // the source first: with the same register as both operands the sum remains
      Operands.write1(c, i, a);
      Operands.write0(c, i, sum);
    }
  }

  static void cmpxchg(Cpu c, Insn i) {
    int size = i.size0;
    int a = Operands.modify0(c, i);
    int accumulator = Operands.register(c, Cpu.EAX, size);
    sub(c, size, accumulator, a);
    if (c.zero == 0) {
      Operands.write0(c, i, Operands.read1(c, i));
    } else {
      // the destination is written with its own value: the write cycle is unconditional
      Operands.write0(c, i, a);
      Operands.register(c, Cpu.EAX, size, a);
    }
  }

  static void cmpxchg8b(Cpu c, Insn i) {
    int linear = c.writeAddress(i.segment, Operands.offset(c, i), 8);
    c.mmu.probeWrite(linear, 8);
    long old = c.mmu.read64(linear);
    long expected = (long) c.reg[Cpu.EDX] << 32 | c.reg[Cpu.EAX] & 0xffff_ffffL;
    boolean equal = old == expected;
    if (equal) {
      c.mmu.write64(linear, (long) c.reg[Cpu.ECX] << 32 | c.reg[Cpu.EBX] & 0xffff_ffffL);
    } else {
      c.mmu.write64(linear, old);
      c.reg[Cpu.EAX] = (int) old;
      c.reg[Cpu.EDX] = (int) (old >>> 32);
    }
    setZf(c, equal);
  }

  /** Sets ZF alone. */
  static void setZf(Cpu c, boolean zf) {
    c.zero = zf ? 0 : 1;
  }

  /** BOUND: #BR unless lower ≤ index ≤ upper, signed. */
  static void bound(Cpu c, Insn i) {
    int size = i.operandSize;
    int lower = signed(Operands.load(c, Operands.readAddress(c, i, size), size), size);
    int upper = signed(Operands.load(c, Operands.readPart(c, i, size, size), size), size);
    int index = signed(Operands.read0(c, i), size);
    if (index < lower || index > upper) {
      throw c.fault.set(Vector.BR);
    }
  }

  private static int signed(int value, int size) {
    return size == 2 ? (short) value : value;
  }
}
