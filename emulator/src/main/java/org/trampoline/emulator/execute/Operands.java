package org.trampoline.emulator.execute;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Insn;

/**
 * Reads and writes an instruction's operands wherever they are. Values of 1, 2 and 4 bytes travel
 * as {@code int}: zero-extended from registers and memory, as decoded from immediates.
 */
public final class Operands {
  private Operands() {}

  /** Effective address of the memory operand: an offset into its segment. */
  public static int offset(Cpu c, Insn i) {
    int[] r = c.reg;
    int offset = r[i.base] + (r[i.index] << i.scale) + i.displacement;
    return i.address16 ? offset & 0xffff : offset;
  }

  /** Linear address of the memory operand, checked for reading {@code size} bytes. */
  public static int readAddress(Cpu c, Insn i, int size) {
    return c.readAddress(i.segment, offset(c, i), size);
  }

  /**
   * Linear address of a part of the memory operand that begins {@code distance} bytes into it, as
   * the selector of a far pointer does: checked for itself, and found at the beginning of the
   * segment if a 16-bit address wraps between the parts, as on silicon.
   */
  public static int readPart(Cpu c, Insn i, int distance, int size) {
    int offset = offset(c, i) + distance;
    return c.readAddress(i.segment, i.address16 ? offset & 0xffff : offset, size);
  }

  /** As {@link #readPart}, for a write. */
  public static int writePart(Cpu c, Insn i, int distance, int size) {
    int offset = offset(c, i) + distance;
    return c.writeAddress(i.segment, i.address16 ? offset & 0xffff : offset, size);
  }

  /** Linear address of the memory operand, checked for writing {@code size} bytes. */
  public static int writeAddress(Cpu c, Insn i, int size) {
    return c.writeAddress(i.segment, offset(c, i), size);
  }

  /** First operand (the destination in Intel order), read only. */
  public static int read0(Cpu c, Insn i) {
    return read(c, i, i.kind0, i.index0, i.size0);
  }

  /** Second operand (the source in Intel order). */
  public static int read1(Cpu c, Insn i) {
    return read(c, i, i.kind1, i.index1, i.size1);
  }

  /** Third operand. */
  public static int read2(Cpu c, Insn i) {
    return read(c, i, i.kind2, i.index2, i.size2);
  }

  private static int read(Cpu c, Insn i, int kind, int index, int size) {
    return switch (kind) {
      case Insn.REG -> register(c, index, size);
      case Insn.MEM -> load(c, readAddress(c, i, size), size);
      case Insn.IMM -> i.imm;
      case Insn.IMM2 -> i.imm2;
      case Insn.SEGMENT -> c.segment[index].selector;
      case Insn.CONTROL, Insn.DEBUG, Insn.ST, Insn.MM, Insn.XMM, Insn.NONE ->
          throw new IllegalStateException("not an integer operand: " + i.form);
      default -> throw new IllegalStateException("operand kind " + kind);
    };
  }

  /**
   * First operand, read in order to be written by {@link #write0}: a memory operand must be
   * writable, so that the fault is the write's and comes before anything has changed.
   */
  public static int modify0(Cpu c, Insn i) {
    if (i.kind0 == Insn.MEM) {
      int linear = writeAddress(c, i, i.size0);
      c.mmu.probeWrite(linear, i.size0);
      return load(c, linear, i.size0);
    }
    return register(c, i.index0, i.size0);
  }

  /** Writes the first operand, a register or memory. */
  public static void write0(Cpu c, Insn i, int value) {
    if (i.kind0 == Insn.MEM) {
      store(c, writeAddress(c, i, i.size0), i.size0, value);
    } else {
      register(c, i.index0, i.size0, value);
    }
  }

  /** Writes the second operand, a register or memory (xchg, xadd). */
  public static void write1(Cpu c, Insn i, int value) {
    if (i.kind1 == Insn.MEM) {
      store(c, writeAddress(c, i, i.size1), i.size1, value);
    } else {
      register(c, i.index1, i.size1, value);
    }
  }

  /** General register of 1, 2 or 4 bytes, zero-extended. */
  public static int register(Cpu c, int index, int size) {
    return switch (size) {
      case 1 -> c.reg8(index);
      case 2 -> c.reg16(index);
      default -> c.reg[index];
    };
  }

  public static void register(Cpu c, int index, int size, int value) {
    switch (size) {
      case 1 -> c.reg8(index, value);
      case 2 -> c.reg16(index, value);
      default -> c.reg[index] = value;
    }
  }

  /** Memory at a linear address, zero-extended. */
  public static int load(Cpu c, int linear, int size) {
    return switch (size) {
      case 1 -> c.mmu.read8(linear);
      case 2 -> c.mmu.read16(linear);
      default -> c.mmu.read32(linear);
    };
  }

  public static void store(Cpu c, int linear, int size, int value) {
    switch (size) {
      case 1 -> c.mmu.write8(linear, value);
      case 2 -> c.mmu.write16(linear, value);
      default -> c.mmu.write32(linear, value);
    }
  }
}
