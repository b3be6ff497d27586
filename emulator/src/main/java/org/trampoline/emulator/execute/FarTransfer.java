package org.trampoline.emulator.execute;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Descriptor;
import org.trampoline.emulator.cpu.DescriptorTable;
import org.trampoline.emulator.cpu.SegmentChecks;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.fault.InnerStack;
import org.trampoline.emulator.fault.StackFrame;
import org.trampoline.emulator.fault.TaskSwitch;

/**
 * JMP and CALL to another segment, through a gate or to a task (SDM vol. 3, 5.8 and 7.3; vol. 2,
 * JMP and CALL).
 */
public final class FarTransfer {
  private FarTransfer() {}

  /** JMP ptr16:16, ptr16:32, m16:16, m16:32. */
  static void jump(Cpu c, Insn i) {
    int size = i.operandSize;
    if (i.kind0 == Insn.MEM) {
      int offset = Operands.load(c, Operands.readAddress(c, i, size), size);
      jump(c, c.mmu.read16(Operands.readPart(c, i, size, 2)), offset);
    } else {
      jump(c, i.imm2 & 0xffff, size == 2 ? i.imm & 0xffff : i.imm);
    }
  }

  /** CALL ptr16:16, ptr16:32, m16:16, m16:32. */
  static void call(Cpu c, Insn i) {
    int size = i.operandSize;
    if (i.kind0 == Insn.MEM) {
      int offset = Operands.load(c, Operands.readAddress(c, i, size), size);
      call(c, c.mmu.read16(Operands.readPart(c, i, size, 2)), offset, size);
    } else {
      call(c, i.imm2 & 0xffff, size == 2 ? i.imm & 0xffff : i.imm, size);
    }
  }

  private static void jump(Cpu c, int selector, int offset) {
    if (!c.protectedMode()) {
      checkEntry8086(c, offset);
      enter8086(c, selector, offset);
      return;
    }
    long d = requireTarget(c, selector);
    if (Descriptor.isCode(d)) {
      checkDirect(c, selector, d);
      SegmentChecks.entry(c, offset, d, 0);
      DescriptorTable.markAccessed(c, selector, d);
      enter(c, selector, d, offset, c.cpl);
      return;
    }
    switch (Descriptor.type(d)) {
      case Descriptor.CALL_GATE16, Descriptor.CALL_GATE32 -> jumpGate(c, selector, d);
      case Descriptor.TASK_GATE -> {
        checkGate(c, selector, d);
        TaskSwitch.jump(c, Descriptor.gateSelector(d));
      }
      default -> {
        checkTss(c, selector, d);
        TaskSwitch.jump(c, selector);
      }
    }
  }

  private static void call(Cpu c, int selector, int offset, int size) {
    if (!c.protectedMode()) {
      beginSameLevel(c, size);
      checkEntry8086(c, offset);
      pushReturn(c, c.frame);
      c.frame.commit();
      enter8086(c, selector, offset);
      return;
    }
    long d = requireTarget(c, selector);
    if (Descriptor.isCode(d)) {
      checkDirect(c, selector, d);
      callSameLevel(c, selector, d, offset, size);
      return;
    }
    switch (Descriptor.type(d)) {
      case Descriptor.CALL_GATE16, Descriptor.CALL_GATE32 -> callGate(c, selector, d);
      case Descriptor.TASK_GATE -> {
        checkGate(c, selector, d);
        TaskSwitch.call(c, Descriptor.gateSelector(d));
      }
      default -> {
        checkTss(c, selector, d);
        TaskSwitch.call(c, selector);
      }
    }
  }

  // ---- real-address and virtual-8086 mode

  static void checkEntry8086(Cpu c, int offset) {
    if ((offset & 0xffff_ffffL) > c.segment[SegmentRegister.CS].high) {
      throw c.gp(0);
    }
  }

  static void enter8086(Cpu c, int selector, int offset) {
    SegmentRegister cs = c.segment[SegmentRegister.CS];
    if (c.virtual8086()) {
      cs.setVirtual8086(selector);
    } else {
      cs.setReal(selector);
    }
    c.eip = offset;
    c.segmentsChanged();
  }

  // ---- checks

  private static long requireTarget(Cpu c, int selector) {
    if (DescriptorTable.isNull(selector)) {
      throw c.gp(0);
    }
    return DescriptorTable.require(c, selector);
  }

  /** A code segment that is named directly must be of this level, or conforming and inner. */
  private static void checkDirect(Cpu c, int selector, long d) {
    int dpl = Descriptor.dpl(d);
    boolean allowed =
        Descriptor.isConformingCode(d) ? dpl <= c.cpl : dpl == c.cpl && (selector & 3) <= c.cpl;
    if (!allowed) {
      throw c.gp(DescriptorTable.error(selector, 0));
    }
    SegmentChecks.present(c, selector, d, 0);
  }

  private static void checkGate(Cpu c, int selector, long gate) {
    if (Descriptor.dpl(gate) < Math.max(c.cpl, selector & 3)) {
      throw c.gp(DescriptorTable.error(selector, 0));
    }
    SegmentChecks.present(c, selector, gate, 0);
  }

  private static void checkTss(Cpu c, int selector, long d) {
    if (!Descriptor.isTss(d) || Descriptor.dpl(d) < Math.max(c.cpl, selector & 3)) {
      throw c.gp(DescriptorTable.error(selector, 0));
    }
  }

  // ---- call gates

  private static void jumpGate(Cpu c, int selector, long gate) {
    checkGate(c, selector, gate);
    int target = Descriptor.gateSelector(gate);
    long d = SegmentChecks.gateTarget(c, target, 0);
    if (!Descriptor.isConformingCode(d) && Descriptor.dpl(d) != c.cpl) {
      throw c.gp(DescriptorTable.error(target, 0));
    }
    SegmentChecks.present(c, target, d, 0);
    int offset = Descriptor.gateOffset(gate);
    SegmentChecks.entry(c, offset, d, 0);
    DescriptorTable.markAccessed(c, target, d);
    enter(c, target, d, offset, c.cpl);
  }

  private static void callGate(Cpu c, int selector, long gate) {
    checkGate(c, selector, gate);
    int target = Descriptor.gateSelector(gate);
    long d = SegmentChecks.gateTarget(c, target, 0);
    SegmentChecks.present(c, target, d, 0);
    int size = Descriptor.isWide(gate) ? 4 : 2;
    int offset = Descriptor.gateOffset(gate);
    if (Descriptor.isConformingCode(d) || Descriptor.dpl(d) == c.cpl) {
      callSameLevel(c, target, d, offset, size);
    } else {
      callInner(c, target, d, offset, size, Descriptor.gateParameters(gate));
    }
  }

  /**
   * The parameters are copied from the caller's stack between its SS:ESP and the return address.
   */
  private static void callInner(Cpu c, int selector, long d, int offset, int size, int parameters) {
    int level = Descriptor.dpl(d);
    InnerStack.begin(c, level, size, 0);
    StackFrame frame = c.frame;
    frame.reserve(4 + parameters, DescriptorTable.error(frame.selector(), 0));
    SegmentChecks.entry(c, offset, d, 0);
    for (int p = 0; p < parameters; p++) {
      c.mmu.probeRead(c.readAddress(SegmentRegister.SS, Stack.at(c, p * size), size), size);
    }
    DescriptorTable.markAccessed(c, selector, d);
    frame.push(c.segment[SegmentRegister.SS].selector);
    frame.push(c.reg[Cpu.ESP]);
    for (int p = parameters - 1; p >= 0; p--) {
      frame.push(Stack.peek(c, p * size, size));
    }
    pushReturn(c, frame);
    frame.commit();
    enter(c, selector, d, offset, level);
  }

  private static void callSameLevel(Cpu c, int selector, long d, int offset, int size) {
    beginSameLevel(c, size);
    SegmentChecks.entry(c, offset, d, 0);
    DescriptorTable.markAccessed(c, selector, d);
    pushReturn(c, c.frame);
    c.frame.commit();
    enter(c, selector, d, offset, c.cpl);
  }

  private static void beginSameLevel(Cpu c, int size) {
    c.frame.current(size);
    c.frame.reserve(2, 0);
  }

  private static void pushReturn(Cpu c, StackFrame frame) {
    frame.push(c.segment[SegmentRegister.CS].selector);
    frame.push(c.eip);
  }

  /** Commits a transfer to a code segment; its RPL becomes the new CPL. Nothing faults here. */
  static void enter(Cpu c, int selector, long d, int offset, int level) {
    c.segment[SegmentRegister.CS].load(selector & ~3 | level, d);
    c.setCpl(level);
    c.segmentsChanged();
    c.eip = offset;
  }
}
