package org.trampoline.emulator.execute.x87;

import static org.trampoline.emulator.execute.x87.Encoding80.QUIET_NAN;
import static org.trampoline.emulator.execute.x87.Encoding80.SIGNALING_NAN;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.execute.Operands;

/** The memory operands of x87 instructions, in the formats of SDM vol. 1, 8.2. */
final class MemoryOperand {
  private MemoryOperand() {}

  /**
   * Converts a single or double to {@code f.result}, unchanged as to NaNs; DE only if it is a
   * denormal, which the 80-bit format no longer shows.
   */
  static void readReal(Cpu c, Insn i, Float80 r) {
    int linear = Operands.readAddress(c, i, i.size0);
    if (i.size0 == 4) {
      Conversion.fromSingle(r, c.mmu.read32(linear));
    } else {
      Conversion.fromDouble(r, c.mmu.read64(linear));
    }
  }

  /** Makes an SNaN of the result quiet, with IE. */
  static void quiet(Float80 r) {
    if (Encoding80.kind(r.significand, r.signExponent) == SIGNALING_NAN) {
      r.raise(StatusWord.IE);
      r.significand |= Encoding80.QUIET;
    }
  }

  /**
   * Sees to the priority of the DE that {@link #readReal} may have noted over the other operand of
   * the operation: if that is a NaN or unsupported, it counts for nothing (SDM vol. 1, 4.9.2).
   *
   * @return whether the operation ends with it
   */
  static boolean endsWithDenormal(Float80 r, long other, int otherExponent) {
    if ((r.exceptions & StatusWord.DE) == 0) {
      return false;
    }
    if (Encoding80.kind(other, otherExponent) >= QUIET_NAN) {
      r.exceptions &= ~StatusWord.DE;
      return false;
    }
    return r.unmasked(StatusWord.DE);
  }

  /** A signed integer of 2, 4 or 8 bytes. */
  static long readInteger(Cpu c, Insn i) {
    int linear = Operands.readAddress(c, i, i.size0);
    return switch (i.size0) {
      case 2 -> (short) c.mmu.read16(linear);
      case 4 -> c.mmu.read32(linear);
      default -> c.mmu.read64(linear);
    };
  }

  /** Writes the low 2, 4 or 8 bytes of {@code value}. */
  static void write(Cpu c, Insn i, long value) {
    int linear = Operands.writeAddress(c, i, i.size0);
    switch (i.size0) {
      case 2 -> c.mmu.write16(linear, (int) value);
      case 4 -> c.mmu.write32(linear, (int) value);
      default -> c.mmu.write64(linear, value);
    }
  }

  /** Reads 10 bytes, the upper two into the exponent, whatever they stand for. */
  static void read80(Cpu c, Insn i, Float80 r) {
    long[] halves = r.transfer;
    c.mmu.read80(Operands.readAddress(c, i, 10), halves, 0);
    r.set(halves[0], (int) halves[1] & 0xffff);
  }

  /** Writes 10 bytes. */
  static void write80(Cpu c, Insn i, long low, int high) {
    int linear = Operands.writeAddress(c, i, 10);
    c.mmu.write80(linear, low, high);
  }

  /** Faults as a write would, where an unmasked exception keeps the value from memory. */
  static void probe(Cpu c, Insn i) {
    c.mmu.probeWrite(Operands.writeAddress(c, i, i.size0), i.size0);
  }
}
