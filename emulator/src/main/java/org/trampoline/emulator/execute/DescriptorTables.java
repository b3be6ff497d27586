package org.trampoline.emulator.execute;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Descriptor;
import org.trampoline.emulator.cpu.DescriptorTable;
import org.trampoline.emulator.cpu.SegmentChecks;
import org.trampoline.emulator.decode.Insn;

/** LGDT, LIDT, LLDT, LTR and their stores (SDM vol. 3, 2.4 and 7.2.4). */
public final class DescriptorTables {
  private DescriptorTables() {}

  static void lgdt(Cpu c, Insn i) {
    SystemInstructions.checkLevel0(c);
    int limit = c.mmu.read16(Operands.readAddress(c, i, 2));
    c.gdtBase = base(c, i);
    c.gdtLimit = limit;
  }

  static void lidt(Cpu c, Insn i) {
    SystemInstructions.checkLevel0(c);
    int limit = c.mmu.read16(Operands.readAddress(c, i, 2));
    c.idtBase = base(c, i);
    c.idtLimit = limit;
  }

  /** With 16-bit operands the base has 24 bits. */
  private static int base(Cpu c, Insn i) {
    int base = c.mmu.read32(Operands.readPart(c, i, 2, 4));
    return i.operandSize == 2 ? base & 0xff_ffff : base;
  }

  static void sgdt(Cpu c, Insn i) {
    store(c, i, c.gdtBase, c.gdtLimit);
  }

  static void sidt(Cpu c, Insn i) {
    store(c, i, c.idtBase, c.idtLimit);
  }

  /** All 32 bits of the base are stored, whatever the operand size. */
  private static void store(Cpu c, Insn i, int base, int limit) {
    int first = Operands.writeAddress(c, i, 2);
    int second = Operands.writePart(c, i, 2, 4);
    c.mmu.probeWrite(first, 2);
    c.mmu.probeWrite(second, 4);
    c.mmu.write16(first, limit);
    c.mmu.write32(second, base);
  }

  static void lldt(Cpu c, Insn i) {
    SystemInstructions.checkProtected(c);
    SystemInstructions.checkLevel0(c);
    int selector = Operands.read0(c, i) & 0xffff;
    if (DescriptorTable.isNull(selector)) {
      c.ldtr.setNull(selector);
      return;
    }
    long d = requireGlobal(c, selector);
    if (Descriptor.type(d) != Descriptor.LDT) {
      throw c.gp(DescriptorTable.error(selector, 0));
    }
    SegmentChecks.present(c, selector, d, 0);
    c.ldtr.set(selector, Descriptor.base(d), Descriptor.limit(d), Descriptor.attributes(d));
  }

  /** Marks the task busy; does not switch to it. */
  static void ltr(Cpu c, Insn i) {
    SystemInstructions.checkProtected(c);
    SystemInstructions.checkLevel0(c);
    int selector = Operands.read0(c, i) & 0xffff;
    if (DescriptorTable.isNull(selector)) {
      throw c.gp(0);
    }
    long d = requireGlobal(c, selector);
    if (!Descriptor.isTss(d) || (Descriptor.type(d) & Descriptor.BUSY) != 0) {
      throw c.gp(DescriptorTable.error(selector, 0));
    }
    SegmentChecks.present(c, selector, d, 0);
    DescriptorTable.setAccess(c, selector, Descriptor.access(d) | Descriptor.BUSY);
    c.tr.set(
        selector,
        Descriptor.base(d),
        Descriptor.limit(d),
        Descriptor.attributes(d) | Descriptor.BUSY);
  }

  private static long requireGlobal(Cpu c, int selector) {
    if ((selector & DescriptorTable.LOCAL) != 0) {
      throw c.gp(DescriptorTable.error(selector, 0));
    }
    return DescriptorTable.require(c, selector);
  }

  static void sldt(Cpu c, Insn i) {
    SystemInstructions.checkProtected(c);
    SegmentLoad.storeSelector(c, i, c.ldtr.selector);
  }

  static void str(Cpu c, Insn i) {
    SystemInstructions.checkProtected(c);
    SegmentLoad.storeSelector(c, i, c.tr.selector);
  }
}
