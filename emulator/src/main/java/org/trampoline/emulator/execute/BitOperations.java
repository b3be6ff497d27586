package org.trampoline.emulator.execute;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Insn;

/**
 * Bit and byte instructions (SDM vol. 1, 5.1.6). BT and its relatives change CF only; a register
 * bit offset into memory is signed and reaches beyond the operand (SDM vol. 2, 3.1.1.9).
 */
public final class BitOperations {
  private static final int TEST = 0;
  private static final int SET = 1;
  private static final int RESET = 2;
  private static final int COMPLEMENT = 3;

  private BitOperations() {}

  static void bt(Cpu c, Insn i) {
    bit(c, i, TEST);
  }

  static void bts(Cpu c, Insn i) {
    bit(c, i, SET);
  }

  static void btr(Cpu c, Insn i) {
    bit(c, i, RESET);
  }

  static void btc(Cpu c, Insn i) {
    bit(c, i, COMPLEMENT);
  }

  private static void bit(Cpu c, Insn i, int change) {
    int size = i.size0;
    int index = Operands.read1(c, i);
    int mask = 1 << (index & 8 * size - 1);
    if (i.kind0 == Insn.REG) {
      int value = Operands.register(c, i.index0, size);
      if (change != TEST) {
        Operands.register(c, i.index0, size, changed(value, mask, change));
      }
      c.setCf((value & mask) != 0);
      return;
    }
    int offset = Operands.offset(c, i);
    if (i.kind1 == Insn.REG) {
      int units = size == 4 ? index >> 5 : (short) index >> 4;
      offset += units * size;
      if (i.address16) {
        offset &= 0xffff;
      }
    }
    int linear;
    if (change == TEST) {
      linear = c.readAddress(i.segment, offset, size);
    } else {
      linear = c.writeAddress(i.segment, offset, size);
      c.mmu.probeWrite(linear, size);
    }
    int value = Operands.load(c, linear, size);
    if (change != TEST) {
      Operands.store(c, linear, size, changed(value, mask, change));
    }
    c.setCf((value & mask) != 0);
  }

  private static int changed(int value, int mask, int change) {
    return switch (change) {
      case SET -> value | mask;
      case RESET -> value & ~mask;
      default -> value ^ mask;
    };
  }

  /** BSF: with a source of 0 the destination keeps its value, as on all processors so far. */
  static void bsf(Cpu c, Insn i) {
    int source = Operands.read1(c, i);
    if (source != 0) {
      Operands.write0(c, i, Integer.numberOfTrailingZeros(source));
    }
    Logic.flags(c, i.size1, source);
  }

  static void bsr(Cpu c, Insn i) {
    int source = Operands.read1(c, i);
    if (source != 0) {
      Operands.write0(c, i, 31 - Integer.numberOfLeadingZeros(source));
    }
    Logic.flags(c, i.size1, source);
  }

  /** POPCNT: ZF by the source, all other status flags cleared. */
  static void popcnt(Cpu c, Insn i) {
    int source = Operands.read1(c, i);
    Operands.write0(c, i, Integer.bitCount(source));
    c.zero = source;
    c.sign = 1;
    c.carry = 0;
  }

  /** BSWAP; of a 16-bit register the result is undefined: zero, as on all processors so far. */
  static void bswap(Cpu c, Insn i) {
    if (i.size0 == 4) {
      c.reg[i.index0] = Integer.reverseBytes(c.reg[i.index0]);
    } else {
      c.reg16(i.index0, 0);
    }
  }
}
