package org.trampoline.emulator.execute.simd;

import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Attribute;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.execute.Operands;
import org.trampoline.emulator.fault.Vector;

/** What comes before every SIMD instruction, and its operands. */
final class SimdOperands {
  private static final int ALIGNMENT = 15;

  private SimdOperands() {}

  /**
   * #UD, #NM and a pending x87 exception, in that order (SDM vol. 1, 9.5.1 and 11.6.8; vol. 3,
   * 13.1).
   */
  static void available(Cpu c, Insn i) {
    if (i.form.has(Attribute.SSE)) {
      if ((c.cr0 & Control.CR0_EM) != 0 || (c.cr4 & Control.CR4_OSFXSR) == 0) {
        throw c.ud();
      }
      if ((c.cr0 & Control.CR0_TS) != 0) {
        throw c.fault.set(Vector.NM);
      }
    }
    if (i.form.has(Attribute.MMX) && !convertsFromMemory(i)) {
      c.fpu.beginMmx(c, i);
    }
  }

  /**
   * CVTPI2PD and CVTPI2PS, which have nothing to do with the MMX registers then. The SDM says so of
   * the former only; silicon (AMD family 19h) treats both alike.
   */
  private static boolean convertsFromMemory(Insn i) {
    return i.kind0 == Insn.XMM && i.kind1 == Insn.MEM;
  }

  /** Reads the second operand into {@link SimdState#source}; what it has not is 0. */
  static void readSource(Cpu c, Insn i) {
    long[] into = c.simd.source;
    switch (i.kind1) {
      case Insn.XMM -> {
        into[0] = c.simd.low(i.index1);
        into[1] = c.simd.high(i.index1);
      }
      case Insn.MM -> {
        into[0] = c.fpu.mm(i.index1);
        into[1] = 0;
      }
      case Insn.MEM -> readMemory(c, i, i.size1, into);
      case Insn.REG -> {
        into[0] = c.reg[i.index1] & 0xffff_ffffL;
        into[1] = 0;
      }
      default -> throw new IllegalStateException("source of " + i.form);
    }
  }

  private static void readMemory(Cpu c, Insn i, int size, long[] into) {
    int linear = Operands.readAddress(c, i, size);
    into[1] = 0;
    switch (size) {
      case 2 -> into[0] = c.mmu.read16(linear);
      case 4 -> into[0] = c.mmu.read32(linear) & 0xffff_ffffL;
      case 8 -> into[0] = c.mmu.read64(linear);
      default -> {
        checkAligned(c, i, linear);
        c.mmu.read128(linear, into, 0);
      }
    }
  }

  private static void checkAligned(Cpu c, Insn i, int linear) {
    if ((linear & ALIGNMENT) != 0 && i.form.has(Attribute.ALIGN16)) {
      throw c.gp(0);
    }
  }

  /** Writes the first operand in memory: 4, 8 or 16 bytes. */
  static void writeMemory(Cpu c, Insn i, long low, long high) {
    int linear = Operands.writeAddress(c, i, i.size0);
    switch (i.size0) {
      case 4 -> c.mmu.write32(linear, (int) low);
      case 8 -> c.mmu.write64(linear, low);
      default -> {
        checkAligned(c, i, linear);
        c.mmu.write128(linear, low, high);
      }
    }
  }

  /** Bits 63:0 of the first operand, an MMX or XMM register. */
  static long low(Cpu c, Insn i) {
    return i.kind0 == Insn.MM ? c.fpu.mm(i.index0) : c.simd.low(i.index0);
  }

  /** Bits 127:64 of the first operand; 0 for an MMX register. */
  static long high(Cpu c, Insn i) {
    return i.kind0 == Insn.MM ? 0 : c.simd.high(i.index0);
  }

  /** Writes the first operand, an MMX register (which gets the lower half) or an XMM register. */
  static void write(Cpu c, Insn i, long low, long high) {
    if (i.kind0 == Insn.MM) {
      c.fpu.enterMmx();
      c.fpu.setMm(i.index0, low);
    } else {
      if (i.kind1 == Insn.MM) {
        c.fpu.enterMmx();
      }
      c.simd.set(i.index0, low, high);
    }
  }
}
