package org.trampoline.emulator.execute.simd;

import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.CpuFeature;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.execute.Operands;
import org.trampoline.emulator.execute.x87.FxsaveImage;
import org.trampoline.emulator.fault.Vector;

/** LDMXCSR and STMXCSR; FXSAVE and FXRSTOR (SDM vol. 1, 10.5, 11.6.6). */
final class SimdControl {
  private static final int IMAGE = 512;
  private static final int MXCSR = 24;
  private static final int MXCSR_MASK = 28;
  private static final int XMM = 160;

  private SimdControl() {}

  /** The bits of MXCSR that can be set; without DAZ before SSE2. */
  static int mxcsrMask(Cpu c) {
    return c.model.has(CpuFeature.SSE2) ? 0xffff : 0xffbf;
  }

  static void ldmxcsr(Cpu c, Insn i) {
    int value = c.mmu.read32(Operands.readAddress(c, i, 4));
    if ((value & ~mxcsrMask(c)) != 0) {
      throw c.gp(0);
    }
    c.simd.mxcsr = value;
  }

  static void stmxcsr(Cpu c, Insn i) {
    c.mmu.write32(Operands.writeAddress(c, i, 4), c.simd.mxcsr);
  }

  private static void checkAvailable(Cpu c) {
    if ((c.cr0 & (Control.CR0_EM | Control.CR0_TS)) != 0) {
      throw c.fault.set(Vector.NM);
    }
  }

  private static void checkAligned(Cpu c, int linear) {
    if ((linear & 15) != 0) {
      throw c.gp(0);
    }
  }

  /** Without CR4.OSFXSR the XMM registers and MXCSR stay out of the image, as on Intel's. */
  static void fxsave(Cpu c, Insn i) {
    checkAvailable(c);
    int linear = Operands.writeAddress(c, i, IMAGE);
    checkAligned(c, linear);
    c.mmu.probeWrite(linear, IMAGE);
    FxsaveImage.store(c, linear);
    if (c.model.has(CpuFeature.SSE)) {
      c.mmu.write32(linear + MXCSR, c.simd.mxcsr);
      c.mmu.write32(linear + MXCSR_MASK, mxcsrMask(c));
      if (savesXmm(c)) {
        for (int n = 0; n < 8; n++) {
          c.mmu.write128(linear + XMM + 16 * n, c.simd.low(n), c.simd.high(n));
        }
      }
    }
  }

  static void fxrstor(Cpu c, Insn i) {
    checkAvailable(c);
    int linear = Operands.readAddress(c, i, IMAGE);
    checkAligned(c, linear);
    c.mmu.probeRead(linear, IMAGE);
    if (c.model.has(CpuFeature.SSE)) {
      int value = c.mmu.read32(linear + MXCSR);
      if ((value & ~mxcsrMask(c)) != 0) {
        throw c.gp(0);
      }
      c.simd.mxcsr = value;
      if (savesXmm(c)) {
        for (int n = 0; n < 8; n++) {
          c.mmu.read128(linear + XMM + 16 * n, c.simd.xmm, 2 * n);
        }
      }
    }
    FxsaveImage.load(c, linear);
  }

  private static boolean savesXmm(Cpu c) {
    return (c.cr4 & Control.CR4_OSFXSR) != 0;
  }
}
