package org.trampoline.emulator.execute.x87;

import org.trampoline.emulator.cpu.Cpu;

/**
 * The x87 and MMX part of the 512 bytes of FXSAVE and FXRSTOR (SDM vol. 1, table 10-2): bytes 0–23
 * and 32–159. The rest is SSE's.
 */
public final class FxsaveImage {
  private static final int REGISTERS = 32;

  private FxsaveImage() {}

  /** Writes bytes 0–23 and 32–159 of the image at a linear address whose range has been probed. */
  public static void store(Cpu c, int linear) {
    Fpu f = c.fpu;
    c.mmu.write16(linear, f.controlWord());
    c.mmu.write16(linear + 2, f.statusWord());
    c.mmu.write16(linear + 4, f.occupied); // one bit a register
    c.mmu.write16(linear + 6, f.instructionOpcode);
    c.mmu.write32(linear + 8, f.instructionOffset);
    c.mmu.write32(linear + 12, f.instructionSelector);
    c.mmu.write32(linear + 16, f.dataOffset);
    c.mmu.write32(linear + 20, f.dataSelector);
    for (int i = 0; i < 8; i++) {
      int at = linear + REGISTERS + 16 * i;
      c.mmu.write64(at, f.significand(i));
      c.mmu.write64(at + 8, f.signExponent(i));
    }
  }

  /** Loads the same bytes; exceptions that are pending then wait for the next instruction. */
  public static void load(Cpu c, int linear) {
    Fpu f = c.fpu;
    f.setControlWord(c.mmu.read16(linear));
    f.setStatusWord(c.mmu.read16(linear + 2));
    f.occupied = c.mmu.read8(linear + 4);
    f.instructionOpcode = c.mmu.read16(linear + 6) & 0x7ff;
    f.instructionOffset = c.mmu.read32(linear + 8);
    f.instructionSelector = c.mmu.read16(linear + 12);
    f.dataOffset = c.mmu.read32(linear + 16);
    f.dataSelector = c.mmu.read16(linear + 20);
    for (int i = 0; i < 8; i++) {
      int at = linear + REGISTERS + 16 * i;
      int register = f.register(i);
      f.significand[register] = c.mmu.read64(at);
      f.signExponent[register] = c.mmu.read16(at + 8);
    }
  }
}
