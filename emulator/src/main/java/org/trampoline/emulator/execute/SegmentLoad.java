package org.trampoline.emulator.execute;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.DescriptorTable;
import org.trampoline.emulator.cpu.SegmentChecks;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.fault.Vector;

/** Loads of the segment registers other than CS (SDM vol. 3, 3.4.3 and 5.6; vol. 2, MOV). */
public final class SegmentLoad {
  private SegmentLoad() {}

  /** MOV to a segment register; one to SS holds off events for the next instruction. */
  static void movToSegment(Cpu c, Insn i) {
    if (i.index0 == SegmentRegister.CS || i.index0 > SegmentRegister.GS) {
      throw c.ud();
    }
    load(c, i.index0, Operands.read1(c, i) & 0xffff);
    shadowStack(c, i.index0);
  }

  /** MOV from a segment register: a 32-bit general register is zero-extended into. */
  static void movFromSegment(Cpu c, Insn i) {
    if (i.index1 > SegmentRegister.GS) {
      throw c.ud();
    }
    storeSelector(c, i, c.segment[i.index1].selector);
  }

  /** A 16-bit result to memory, or to a general register of the operand size. */
  static void storeSelector(Cpu c, Insn i, int value) {
    if (i.kind0 == Insn.MEM) {
      Operands.store(c, Operands.writeAddress(c, i, 2), 2, value);
    } else {
      Operands.register(c, i.index0, i.operandSize, value);
    }
  }

  /** POP of a segment register. */
  static void pop(Cpu c, Insn i) {
    int selector = Stack.peek(c, 0, i.operandSize) & 0xffff;
    boolean wide = c.stack32;
    int esp = Stack.at(c, i.operandSize);
    load(c, i.index0, selector);
    // the pointer moves in the width that the stack had before SS was loaded
    if (wide) {
      c.reg[Cpu.ESP] = esp;
    } else {
      c.reg16(Cpu.ESP, esp);
    }
    shadowStack(c, i.index0);
  }

  /** LDS, LES, LFS, LGS, LSS: {@code number} is the segment register. */
  static void loadFarPointer(Cpu c, Insn i, int number) {
    int size = i.operandSize;
    int offset = Operands.load(c, Operands.readAddress(c, i, size), size);
    int selector = c.mmu.read16(Operands.readPart(c, i, size, 2));
    load(c, number, selector);
    Operands.register(c, i.index0, size, offset);
  }

  /**
   * After MOV SS and POP SS (but not LSS) events are held off at the next boundary, where {@code
   * instructions} has grown by this one. A second such load in a row has no further effect.
   */
  private static void shadowStack(Cpu c, int number) {
    boolean shadowed = c.stackShadow && c.shadow == c.instructions;
    if (number == SegmentRegister.SS && !shadowed) {
      c.shadow = c.instructions + 1;
      c.stackShadow = true;
    }
  }

  /** Loads a segment register with all checks of the current mode. */
  public static void load(Cpu c, int number, int selector) {
    SegmentRegister s = c.segment[number];
    if (!c.protectedMode()) {
      if (c.virtual8086()) {
        s.setVirtual8086(selector);
      } else {
        s.setReal(selector);
      }
    } else if (number == SegmentRegister.SS) {
      long d = SegmentChecks.stack(c, selector, c.cpl, Vector.GP, 0);
      DescriptorTable.markAccessed(c, selector, d);
      s.load(selector, d);
    } else if (DescriptorTable.isNull(selector)) {
      s.setNull(selector);
    } else {
      long d = SegmentChecks.data(c, selector, c.cpl, Vector.GP, 0);
      DescriptorTable.markAccessed(c, selector, d);
      s.load(selector, d);
    }
    if (number == SegmentRegister.SS) {
      c.segmentsChanged();
    }
  }
}
