package org.trampoline.emulator.execute;

import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.CpuFeature;
import org.trampoline.emulator.decode.Insn;

/** MOV of control registers, LMSW, SMSW, CLTS (SDM vol. 3, 2.5 and 2.8; vol. 2, MOV). */
public final class ControlRegisters {
  private static final int CR0_DEFINED =
      Control.CR0_PE
          | Control.CR0_MP
          | Control.CR0_EM
          | Control.CR0_TS
          | Control.CR0_NE
          | Control.CR0_WP
          | Control.CR0_AM
          | Control.CR0_NW
          | Control.CR0_CD
          | Control.CR0_PG;

  private ControlRegisters() {}

  static void movFromControl(Cpu c, Insn i) {
    int number = require(c, i.index1);
    c.reg[i.index0] =
        switch (number) {
          case 0 -> c.cr0;
          case 2 -> c.cr2;
          case 3 -> c.cr3;
          default -> c.cr4;
        };
  }

  static void movToControl(Cpu c, Insn i) {
    int number = require(c, i.index0);
    int value = c.reg[i.index1];
    switch (number) {
      case 0 -> setCr0(c, value);
      case 2 -> c.cr2 = value;
      case 3 -> {
        c.mmu.loadCr3(value);
        c.cr3 = value;
      }
      default -> setCr4(c, value);
    }
  }

  /** CR1 and CR5–CR7 are #UD at any privilege level, the others #GP(0) above level 0. */
  private static int require(Cpu c, int number) {
    if (number == 1 || number > 4) {
      throw c.ud();
    }
    SystemInstructions.checkLevel0(c);
    return number;
  }

  /** Writes CR0: reserved bits are ignored, ET is always 1. */
  private static void setCr0(Cpu c, int value) {
    boolean paging = (value & Control.CR0_PG) != 0;
    boolean writeThroughUncached = (value & (Control.CR0_NW | Control.CR0_CD)) == Control.CR0_NW;
    if (paging && (value & Control.CR0_PE) == 0 || writeThroughUncached) {
      throw c.gp(0);
    }
    int cr0 = value & CR0_DEFINED | Control.CR0_ET;
    // first, for it faults if PAE's directory pointers are bad
    c.mmu.setControl(cr0, c.cr3, c.cr4);
    c.cr0 = cr0;
    c.noticeEvents();
  }

  /** Writes CR4: a bit of a feature that the model lacks is reserved. */
  private static void setCr4(Cpu c, int value) {
    if ((value & ~cr4Defined(c)) != 0) {
      throw c.gp(0);
    }
    c.mmu.setControl(c.cr0, c.cr3, value);
    c.cr4 = value;
  }

  private static int cr4Defined(Cpu c) {
    return bit(c, CpuFeature.TSC, Control.CR4_TSD)
        | bit(c, CpuFeature.DE, Control.CR4_DE)
        | bit(c, CpuFeature.PSE, Control.CR4_PSE)
        | bit(c, CpuFeature.PAE, Control.CR4_PAE)
        | bit(c, CpuFeature.MCE, Control.CR4_MCE)
        | bit(c, CpuFeature.PGE, Control.CR4_PGE)
        | bit(c, CpuFeature.PMC, Control.CR4_PCE)
        | bit(c, CpuFeature.FXSR, Control.CR4_OSFXSR)
        | bit(c, CpuFeature.SSE, Control.CR4_OSXMMEXCPT);
  }

  private static int bit(Cpu c, CpuFeature feature, int bit) {
    return c.model.has(feature) ? bit : 0;
  }

  /** Loads PE, MP, EM and TS; PE can be set but not cleared. */
  static void lmsw(Cpu c, Insn i) {
    SystemInstructions.checkLevel0(c);
    int value = Operands.read0(c, i);
    setCr0(c, c.cr0 & ~0xe | value & 0xf);
  }

  /** Not privileged; a 32-bit register gets the whole of CR0. */
  static void smsw(Cpu c, Insn i) {
    SegmentLoad.storeSelector(c, i, c.cr0);
  }

  static void clts(Cpu c) {
    SystemInstructions.checkLevel0(c);
    c.cr0 &= ~Control.CR0_TS;
  }
}
