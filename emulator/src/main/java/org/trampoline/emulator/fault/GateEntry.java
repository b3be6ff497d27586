package org.trampoline.emulator.fault;

import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Descriptor;
import org.trampoline.emulator.cpu.DescriptorTable;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.cpu.SegmentChecks;
import org.trampoline.emulator.cpu.SegmentRegister;

/**
 * One transfer through the IDT or the real-mode vector table (SDM vol. 3, 6.12, 20.1.4 and 20.3;
 * vol. 2, INT n). Nothing has changed if it faults, except that a task switch may have been done.
 */
final class GateEntry {
  /** In place of an error code: none is pushed. */
  static final int NO_ERROR_CODE = -1;

  private GateEntry() {}

  /**
   * @param software INT n, INT3 or INTO: the gate's DPL counts, and EXT stays clear
   * @param errorCode to be pushed, or {@link #NO_ERROR_CODE}
   * @param resume set RF in the saved EFLAGS
   */
  static void enter(Cpu c, int vector, boolean software, int errorCode, boolean resume) {
    int external = software ? 0 : DescriptorTable.EXTERNAL;
    if ((c.cr0 & Control.CR0_PE) == 0) {
      enterReal(c, vector, external);
      return;
    }
    int error = vector << 3 | DescriptorTable.IDT | external;
    if (vector * 8 + 7 > (c.idtLimit & 0xffff)) {
      throw c.gp(error);
    }
    long gate = DescriptorTable.readAt(c, c.idtBase + vector * 8);
    int type = Descriptor.type(gate);
    boolean task = type == Descriptor.TASK_GATE;
    boolean codeGate = (type & ~Descriptor.WIDE | 1) == Descriptor.TRAP_GATE16;
    if (!task && !codeGate || software && Descriptor.dpl(gate) < c.cpl) {
      throw c.gp(error);
    }
    if (!Descriptor.present(gate)) {
      throw c.fault.set(Vector.NP, error);
    }
    if (task) {
      TaskSwitch.interrupt(c, Descriptor.gateSelector(gate), external, resume);
      if (errorCode != NO_ERROR_CODE) {
        c.frame.current((c.tr.attributes & Descriptor.WIDE) != 0 ? 4 : 2);
        c.frame.reserve(1, external);
        c.frame.push(errorCode);
        c.frame.commit();
      }
    } else {
      throughGate(c, gate, external, errorCode, resume);
    }
  }

  /** The vector table at the IDTR's base; nothing but FLAGS, CS and IP is pushed. */
  private static void enterReal(Cpu c, int vector, int external) {
    if (vector * 4 + 3 > (c.idtLimit & 0xffff)) {
      throw c.gp(vector << 3 | DescriptorTable.IDT | external);
    }
    int offset = c.mmu.read16System(c.idtBase + vector * 4);
    int selector = c.mmu.read16System(c.idtBase + vector * 4 + 2);
    SegmentRegister cs = c.segment[SegmentRegister.CS];
    StackFrame frame = c.frame;
    frame.current(2);
    frame.reserve(3, external);
    frame.push(c.getEflags());
    frame.push(cs.selector);
    frame.push(c.eip);
    frame.commit();
    c.eflags &= ~(Eflags.IF | Eflags.TF | Eflags.AC | Eflags.RF);
    cs.setReal(selector);
    c.eip = offset;
    c.segmentsChanged();
  }

  private static void throughGate(Cpu c, long gate, int external, int errorCode, boolean resume) {
    int selector = Descriptor.gateSelector(gate);
    long code = SegmentChecks.gateTarget(c, selector, external);
    SegmentChecks.present(c, selector, code, external);
    int level = Descriptor.isConformingCode(code) ? c.cpl : Descriptor.dpl(code);
    boolean virtual = c.virtual8086();
    if (virtual && level != 0) {
      throw c.gp(DescriptorTable.error(selector, external));
    }
    boolean inner = level < c.cpl;
    StackFrame frame = c.frame;
    int size = Descriptor.isWide(gate) ? 4 : 2;
    int words = errorCode == NO_ERROR_CODE ? 3 : 4;
    if (inner) {
      InnerStack.begin(c, level, size, external);
      frame.reserve(words + (virtual ? 6 : 2), DescriptorTable.error(frame.selector(), external));
    } else {
      frame.current(size);
      frame.reserve(words, external);
    }
    int entry = Descriptor.gateOffset(gate);
    SegmentChecks.entry(c, entry, code, external);
    DescriptorTable.markAccessed(c, selector, code);

    SegmentRegister[] segment = c.segment;
    if (virtual) {
      frame.push(segment[SegmentRegister.GS].selector);
      frame.push(segment[SegmentRegister.FS].selector);
      frame.push(segment[SegmentRegister.DS].selector);
      frame.push(segment[SegmentRegister.ES].selector);
    }
    if (inner) {
      frame.push(segment[SegmentRegister.SS].selector);
      frame.push(c.reg[Cpu.ESP]);
    }
    frame.push(Delivery.savedFlags(c, resume));
    frame.push(segment[SegmentRegister.CS].selector);
    frame.push(c.eip);
    if (errorCode != NO_ERROR_CODE) {
      frame.push(errorCode);
    }

    frame.commit();
    boolean masks = (Descriptor.type(gate) & 1) == 0;
    c.eflags &= ~(Eflags.TF | Eflags.NT | Eflags.RF | Eflags.VM | (masks ? Eflags.IF : 0));
    if (virtual) {
      segment[SegmentRegister.GS].setNull(0);
      segment[SegmentRegister.FS].setNull(0);
      segment[SegmentRegister.DS].setNull(0);
      segment[SegmentRegister.ES].setNull(0);
    }
    segment[SegmentRegister.CS].load(selector & ~3 | level, code);
    c.setCpl(level);
    c.segmentsChanged();
    c.eip = entry;
  }
}
