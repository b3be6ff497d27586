package org.trampoline.emulator.translate;

import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.CpuFeature;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.execute.simd.Mxcsr;
import org.trampoline.emulator.execute.simd.SimdState;
import org.trampoline.emulator.execute.x87.Fpu;
import org.trampoline.emulator.execute.x87.StatusWord;
import org.trampoline.emulator.memory.Host;

/**
 * The registers of the x87 FPU (with MMX) and of SSE while translated code has them. They are then
 * in the same registers of the host, control and status words included, and in the state block
 * while translated code does not run; {@link UnitCode} moves them between the two.
 *
 * <p>Translated code gets a unit only while nothing that it does there can fault: it is available,
 * and all its exceptions are masked. The shared semantics do the rest.
 */
final class UnitState {
  /** A byte for each unit: 1 while translated code has its registers, else 0. */
  static final int OWNED = 52;

  static final int FPU_OWNED = OWNED;
  static final int SSE_OWNED = OWNED + 1;

  /** Units in a mask. */
  static final int FPU = 1;

  static final int SSE = 2;

  /** The host's own control words while the guest's are loaded. */
  static final int HOST_CONTROL = 80;

  static final int HOST_MXCSR = 84;

  /** eip of the last x87 instruction that is no control instruction. */
  static final int INSTRUCTION = 96;

  /** Its opcode, 11 bits; or {@link #UNCHANGED} or {@link #CLEARED}. */
  static final int OPCODE = 100;

  /** Offset of the last memory operand. */
  static final int DATA = 104;

  /** Number of its segment register; or {@link #UNCHANGED} or {@link #CLEARED}. */
  static final int DATA_SEGMENT = 108;

  static final int UNCHANGED = -1;
  static final int CLEARED = -2;

  /** Bits of MXCSR that the guest cannot set. */
  static final int MXCSR_RESERVED = 112;

  /** For values on their way. */
  static final int SCRATCH = 116;

  /** Both units' registers as FXSAVE stores them, 512 bytes. */
  static final int IMAGE = 512;

  static final int MXCSR = IMAGE + 24;
  static final int XMM = IMAGE + 160;

  private static final int STATUS_WORD = 2;
  private static final int TAG_WORD = 4;
  private static final int REGISTERS = 32;
  private static final int RESERVED_PRECISION = 0x100;
  private static final int PRECISION = 0x300;

  private final long base;

  /**
   * @param base host address of the state block
   */
  UnitState(long base) {
    this.base = base;
  }

  /** Gives those of the units in {@code needed} to translated code that it may have. */
  void take(Cpu c, int needed) {
    if ((needed & FPU) != 0) {
      takeFpu(c);
    }
    if ((needed & SSE) != 0) {
      takeSse(c);
    }
  }

  /** Gives the x87 unit to translated code; false if it may not have it. */
  boolean takeFpu(Cpu c) {
    Fpu f = c.fpu;
    int control = f.controlWord();
    if ((c.cr0 & (Control.CR0_EM | Control.CR0_TS)) != 0
        || (control & StatusWord.EXCEPTIONS) != StatusWord.EXCEPTIONS
        || (control & PRECISION) == RESERVED_PRECISION) {
      return false;
    }
    long image = base + IMAGE;
    Host.put16(image, control);
    Host.put16(image + STATUS_WORD, f.statusWord());
    Host.put16(image + TAG_WORD, f.occupied);
    for (int i = 0; i < 8; i++) {
      int register = f.top + i & 7;
      Host.put64(image + REGISTERS + 16 * i, f.significand[register]);
      Host.put16(image + REGISTERS + 16 * i + 8, f.signExponent[register]);
    }
    Host.put32(base + OPCODE, UNCHANGED);
    Host.put32(base + DATA_SEGMENT, UNCHANGED);
    Host.put8(base + FPU_OWNED, 1);
    return true;
  }

  /** Gives the SSE unit to translated code; false if it may not have it. */
  boolean takeSse(Cpu c) {
    SimdState s = c.simd;
    if ((c.cr0 & (Control.CR0_EM | Control.CR0_TS)) != 0
        || (c.cr4 & Control.CR4_OSFXSR) == 0
        || (s.mxcsr & Mxcsr.MASKS) != Mxcsr.MASKS) {
      return false;
    }
    for (int i = 0; i < 16; i++) {
      Host.put64(base + XMM + 8 * i, s.xmm[i]);
    }
    Host.put32(base + MXCSR, s.mxcsr);
    Host.put32(base + MXCSR_RESERVED, c.model.has(CpuFeature.SSE2) ? ~0xffff : ~0xffbf);
    Host.put8(base + SSE_OWNED, 1);
    return true;
  }

  /** Takes back from translated code what it has. */
  void give(Cpu c) {
    int owned = Host.get16(base + OWNED);
    if (owned == 0) {
      return;
    }
    if ((owned & 1) != 0) {
      giveFpu(c);
    }
    if (owned >>> 8 != 0) {
      for (int i = 0; i < 16; i++) {
        c.simd.xmm[i] = Host.get64(base + XMM + 8 * i);
      }
      c.simd.mxcsr = Host.get32(base + MXCSR);
    }
    Host.put16(base + OWNED, 0);
  }

  private void giveFpu(Cpu c) {
    Fpu f = c.fpu;
    long image = base + IMAGE;
    f.setControlWord(Host.get16(image));
    f.setStatusWord(Host.get16(image + STATUS_WORD));
    f.occupied = Host.get8(image + TAG_WORD);
    for (int i = 0; i < 8; i++) {
      int register = f.top + i & 7;
      f.significand[register] = Host.get64(image + REGISTERS + 16 * i);
      f.signExponent[register] = Host.get16(image + REGISTERS + 16 * i + 8);
    }
    int opcode = Host.get32(base + OPCODE);
    if (opcode != UNCHANGED) {
      boolean cleared = opcode == CLEARED;
      f.instructionOffset = cleared ? 0 : Host.get32(base + INSTRUCTION);
      f.instructionSelector = cleared ? 0 : c.segment[SegmentRegister.CS].selector;
      f.instructionOpcode = cleared ? 0 : opcode;
    }
    int segment = Host.get32(base + DATA_SEGMENT);
    if (segment != UNCHANGED) {
      boolean cleared = segment == CLEARED;
      f.dataOffset = cleared ? 0 : Host.get32(base + DATA);
      f.dataSelector = cleared ? 0 : c.segment[segment].selector;
    }
  }
}
