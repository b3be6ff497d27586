package org.trampoline.emulator.differential.cases;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.execute.x87.Fpu;
import org.trampoline.emulator.memory.Host;

/** Carries FXSAVE images between off-heap records and our processor. */
final class MachineFx {
  private static final int MXCSR = 24;
  private static final int REGISTERS = 32;
  private static final int XMM = 160;

  private MachineFx() {}

  static void load(Cpu c, long image) {
    Fpu f = c.fpu;
    f.setControlWord(Host.get16(image));
    f.setStatusWord(Host.get16(image + 2));
    f.occupied = Host.get8(image + 4);
    f.instructionOpcode = Host.get16(image + 6) & 0x7ff;
    f.instructionOffset = Host.get32(image + 8);
    f.instructionSelector = Host.get16(image + 12);
    f.dataOffset = Host.get32(image + 16);
    f.dataSelector = Host.get16(image + 20);
    for (int i = 0; i < 8; i++) {
      long at = image + REGISTERS + 16L * i;
      int register = f.top + i & 7;
      f.significand[register] = Host.get64(at);
      f.signExponent[register] = Host.get16(at + 8);
    }
    c.simd.mxcsr = Host.get32(image + MXCSR);
    for (int i = 0; i < c.simd.xmm.length; i++) {
      c.simd.xmm[i] = Host.get64(image + XMM + 8L * i);
    }
  }

  static void store(Cpu c, long image) {
    Fpu f = c.fpu;
    Host.put16(image, f.controlWord());
    Host.put16(image + 2, f.statusWord());
    Host.put16(image + 4, f.occupied);
    Host.put16(image + 6, f.instructionOpcode);
    Host.put32(image + 8, f.instructionOffset);
    Host.put32(image + 12, f.instructionSelector);
    Host.put32(image + 16, f.dataOffset);
    Host.put32(image + 20, f.dataSelector);
    for (int i = 0; i < 8; i++) {
      long at = image + REGISTERS + 16L * i;
      int register = f.top + i & 7;
      Host.put64(at, f.significand[register]);
      Host.put64(at + 8, f.signExponent[register]);
    }
    Host.put32(image + MXCSR, c.simd.mxcsr);
    for (int i = 0; i < c.simd.xmm.length; i++) {
      Host.put64(image + XMM + 8L * i, c.simd.xmm[i]);
    }
  }
}
