package org.trampoline.emulator.execute;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Descriptor;
import org.trampoline.emulator.cpu.DescriptorTable;
import org.trampoline.emulator.decode.Insn;

/** LAR, LSL, VERR, VERW and ARPL (SDM vol. 3, 5.10): they answer in ZF and do not fault. */
public final class PointerValidation {
  private static final int HAVE_RIGHTS =
      1 << Descriptor.TSS16_AVAILABLE
          | 1 << Descriptor.LDT
          | 1 << Descriptor.TSS16_BUSY
          | 1 << Descriptor.CALL_GATE16
          | 1 << Descriptor.TASK_GATE
          | 1 << Descriptor.TSS32_AVAILABLE
          | 1 << Descriptor.TSS32_BUSY
          | 1 << Descriptor.CALL_GATE32;

  private static final int HAVE_LIMIT =
      1 << Descriptor.TSS16_AVAILABLE
          | 1 << Descriptor.LDT
          | 1 << Descriptor.TSS16_BUSY
          | 1 << Descriptor.TSS32_AVAILABLE
          | 1 << Descriptor.TSS32_BUSY;

  /** Second half of a descriptor without base and limit 15:0; limit 19:16 is undefined in LAR. */
  private static final int RIGHTS = 0xf0_ff00;

  /** Stands for a descriptor that is not there; no real one is all zero and accessible. */
  private static final long NONE = 0;

  private PointerValidation() {}

  static void lar(Cpu c, Insn i) {
    SystemInstructions.checkProtected(c);
    int selector = Operands.read1(c, i) & 0xffff;
    long d = find(c, selector);
    boolean found = d != NONE && visible(c, selector, d, HAVE_RIGHTS);
    if (found) {
      Operands.register(c, i.index0, i.operandSize, (int) (d >>> 32) & RIGHTS);
    }
    setZf(c, found);
  }

  static void lsl(Cpu c, Insn i) {
    SystemInstructions.checkProtected(c);
    int selector = Operands.read1(c, i) & 0xffff;
    long d = find(c, selector);
    boolean found = d != NONE && visible(c, selector, d, HAVE_LIMIT);
    if (found) {
      Operands.register(c, i.index0, i.operandSize, Descriptor.limit(d));
    }
    setZf(c, found);
  }

  static void verr(Cpu c, Insn i) {
    SystemInstructions.checkProtected(c);
    int selector = Operands.read0(c, i) & 0xffff;
    long d = find(c, selector);
    setZf(c, Descriptor.isReadable(d) && visible(c, selector, d, 0));
  }

  static void verw(Cpu c, Insn i) {
    SystemInstructions.checkProtected(c);
    int selector = Operands.read0(c, i) & 0xffff;
    long d = find(c, selector);
    setZf(c, Descriptor.isWritableData(d) && visible(c, selector, d, 0));
  }

  /** Raises the destination's RPL to the source's. */
  static void arpl(Cpu c, Insn i) {
    SystemInstructions.checkProtected(c);
    int selector = Operands.read0(c, i); // written only if it changes, as silicon does
    int rpl = Operands.read1(c, i) & 3;
    boolean adjust = (selector & 3) < rpl;
    if (adjust) {
      Operands.write0(c, i, selector & ~3 | rpl);
    }
    setZf(c, adjust);
  }

  private static long find(Cpu c, int selector) {
    return DescriptorTable.isNull(selector) || !DescriptorTable.contains(c, selector)
        ? NONE
        : DescriptorTable.read(c, selector);
  }

  /** Whether CPL and RPL may see a descriptor: a code or data segment, or one of those types. */
  private static boolean visible(Cpu c, int selector, long d, int systemTypes) {
    if (!Descriptor.isCodeOrData(d) && (systemTypes >>> Descriptor.type(d) & 1) == 0) {
      return false;
    }
    return Descriptor.isConformingCode(d) || Descriptor.dpl(d) >= Math.max(c.cpl, selector & 3);
  }

  private static void setZf(Cpu c, boolean zf) {
    c.zero = zf ? 0 : 1;
  }
}
