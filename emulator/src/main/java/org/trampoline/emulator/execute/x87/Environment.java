package org.trampoline.emulator.execute.x87;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.memory.Mmu;

/**
 * The environment and the state image in memory, in their four layouts: 16 or 32 bits wide, for
 * protected mode or for real and virtual-8086 mode (SDM vol. 1, figures 8-9 to 8-12).
 */
final class Environment {
  private Environment() {}

  /** Length in bytes, for an operand size of 2 or 4. */
  static int size(int operandSize) {
    return 7 * operandSize;
  }

  /** Length with the eight registers behind it. */
  static int stateSize(int operandSize) {
    return size(operandSize) + 80;
  }

  /** Writes the environment at a linear address whose range has been probed. */
  static void store(Cpu c, int linear, int operandSize) {
    Fpu f = c.fpu;
    int opcode = f.instructionOpcode;
    put(c, linear, operandSize, 0, f.controlWord());
    put(c, linear, operandSize, 1, f.statusWord());
    put(c, linear, operandSize, 2, f.tagWord());
    if (!c.protectedMode()) {
      int instruction = (f.instructionSelector << 4) + f.instructionOffset;
      int data = (f.dataSelector << 4) + f.dataOffset;
      int mask = operandSize == 2 ? 0xf_ffff : -1;
      put(c, linear, operandSize, 3, instruction & 0xffff);
      putWide(c, linear, operandSize, 4, (instruction & mask) >>> 16 << 12 | opcode);
      put(c, linear, operandSize, 5, data & 0xffff);
      putWide(c, linear, operandSize, 6, (data & mask) >>> 16 << 12);
    } else if (operandSize == 2) {
      put(c, linear, 2, 3, f.instructionOffset);
      put(c, linear, 2, 4, f.instructionSelector);
      put(c, linear, 2, 5, f.dataOffset);
      put(c, linear, 2, 6, f.dataSelector);
    } else {
      putWide(c, linear, 4, 3, f.instructionOffset);
      putWide(c, linear, 4, 4, f.instructionSelector | opcode << 16);
      putWide(c, linear, 4, 5, f.dataOffset);
      put(c, linear, 4, 6, f.dataSelector);
    }
  }

  /** A 16-bit item; where there is room for 32, the reserved upper half is all ones. */
  private static void put(Cpu c, int linear, int operandSize, int index, int value) {
    putWide(c, linear, operandSize, index, value | 0xffff_0000);
  }

  private static void putWide(Cpu c, int linear, int operandSize, int index, int value) {
    if (operandSize == 2) {
      c.mmu.write16(linear + 2 * index, value & 0xffff);
    } else {
      c.mmu.write32(linear + 4 * index, value);
    }
  }

  /** Loads the environment from a linear address whose range has been probed. */
  static void load(Cpu c, int linear, int operandSize) {
    Fpu f = c.fpu;
    int third = get(c.mmu, linear, operandSize, 3);
    int fourth = get(c.mmu, linear, operandSize, 4);
    int fifth = get(c.mmu, linear, operandSize, 5);
    int sixth = get(c.mmu, linear, operandSize, 6);
    f.setControlWord(get(c.mmu, linear, operandSize, 0));
    f.setStatusWord(get(c.mmu, linear, operandSize, 1));
    f.setTagWord(get(c.mmu, linear, operandSize, 2));
    if (!c.protectedMode()) {
      f.instructionOffset = third & 0xffff | fourth >>> 12 << 16;
      f.instructionSelector = 0;
      f.instructionOpcode = fourth & 0x7ff;
      f.dataOffset = fifth & 0xffff | sixth >>> 12 << 16;
      f.dataSelector = 0;
    } else {
      f.instructionOffset = third;
      f.instructionSelector = fourth & 0xffff;
      f.instructionOpcode = fourth >>> 16 & 0x7ff; // 0 in the narrow layout
      f.dataOffset = fifth;
      f.dataSelector = sixth & 0xffff;
    }
  }

  private static int get(Mmu mmu, int linear, int operandSize, int index) {
    return operandSize == 2 ? mmu.read16(linear + 2 * index) : mmu.read32(linear + 4 * index);
  }

  /**
   * Writes st(0)–st(7) behind the environment: in words, as only the image as a whole is checked
   * for alignment (SDM vol. 3, 6.15, vector 17).
   */
  static void storeRegisters(Cpu c, int linear, int operandSize) {
    for (int i = 0; i < 8; i++) {
      int at = linear + size(operandSize) + 10 * i;
      long significand = c.fpu.significand(i);
      for (int shift = 0; shift < 64; shift += 16) {
        c.mmu.write16(at + shift / 8, (int) (significand >>> shift) & 0xffff);
      }
      c.mmu.write16(at + 8, c.fpu.signExponent(i));
    }
  }

  /** Loads st(0)–st(7) as {@link #storeRegisters} has written them; tags stay as they are. */
  static void loadRegisters(Cpu c, int linear, int operandSize) {
    Fpu f = c.fpu;
    for (int i = 0; i < 8; i++) {
      int at = linear + size(operandSize) + 10 * i;
      long significand = 0;
      for (int shift = 0; shift < 64; shift += 16) {
        significand |= (long) c.mmu.read16(at + shift / 8) << shift;
      }
      f.significand[f.register(i)] = significand;
      f.signExponent[f.register(i)] = c.mmu.read16(at + 8);
    }
  }
}
