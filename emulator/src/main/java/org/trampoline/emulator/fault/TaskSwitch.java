package org.trampoline.emulator.fault;

import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Descriptor;
import org.trampoline.emulator.cpu.DescriptorTable;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.cpu.SegmentChecks;
import org.trampoline.emulator.cpu.SegmentRegister;

/**
 * Hardware task switching (SDM vol. 3, 7.3). What can be checked or touched without the new task's
 * registers is, first, and a fault there leaves the old task untouched; after that a fault belongs
 * to the new task and is marked so.
 */
public final class TaskSwitch {
  /** EFLAGS bits that a TSS can load; reserved ones stay 0. */
  private static final int EFLAGS_DEFINED = 0x3f_7fd5;

  /** DR7: the local enables and LE, which a task switch clears. */
  private static final int LOCAL_BREAKPOINTS = 0x155;

  private enum Cause {
    /** JMP: the old task is left for good. */
    JUMP,
    /** CALL, interrupt or exception: the new task can return to the old one. */
    CALL,
    /** IRET with NT: back to the task of the link field. */
    RETURN
  }

  private TaskSwitch() {}

  /** JMP to a TSS or through a task gate, whose privilege has been checked. */
  public static void jump(Cpu c, int selector) {
    fromInstruction(c, selector, Cause.JUMP);
  }

  /** CALL to a TSS or through a task gate, whose privilege has been checked. */
  public static void call(Cpu c, int selector) {
    fromInstruction(c, selector, Cause.CALL);
  }

  /** IRET with EFLAGS.NT set. */
  public static void taskReturn(Cpu c) {
    int selector = c.mmu.read16System(c.tr.base);
    fromInstruction(c, selector, Cause.RETURN);
  }

  private static void fromInstruction(Cpu c, int selector, Cause cause) {
    try {
      // RF ends with the instruction, as with any but IRET and POPF
      int saved = c.getEflags() & ~(cause == Cause.RETURN ? Eflags.RF | Eflags.NT : Eflags.RF);
      perform(c, selector, cause, 0, saved);
    } catch (GuestFault fault) {
      if (!fault.inNewTask) {
        throw fault;
      }
      Delivery.deliver(c, fault);
    }
  }

  /** An interrupt or exception through a task gate. */
  static void interrupt(Cpu c, int selector, int external, boolean resume) {
    perform(c, selector, Cause.CALL, external, Delivery.savedFlags(c, resume));
  }

  /**
   * @param saved EFLAGS as they are saved in the old task
   */
  private static void perform(Cpu c, int selector, Cause cause, int external, int saved) {
    long tss = requireTss(c, selector, cause, external);
    int base = Descriptor.base(tss);
    SegmentRegister tr = c.tr;
    boolean oldWide = (tr.attributes & Descriptor.WIDE) != 0;
    if (!TaskState.savable(tr.high, oldWide)) {
      throw c.fault.set(Vector.TS, DescriptorTable.error(tr.selector, external));
    }
    TaskState.read(c, base, Descriptor.isWide(tss)); // faults now if it would later
    TaskState.probeSave(c, tr.base, oldWide);
    if (cause != Cause.RETURN) {
      DescriptorTable.probeAccess(c, selector);
    }
    if (cause != Cause.CALL) {
      DescriptorTable.probeAccess(c, tr.selector);
    }
    if (cause == Cause.CALL) {
      c.mmu.probeWriteSystem(base, 2);
    }

    // from here on nothing faults until the new task's registers are in place
    TaskState.save(c, tr.base, oldWide, saved);
    if (cause != Cause.CALL) {
      setBusy(c, tr.selector, false);
    }
    // after the old state was saved, which may be the same TSS
    TaskState next = TaskState.read(c, base, Descriptor.isWide(tss));
    if (cause == Cause.CALL) {
      c.mmu.write16System(base, tr.selector);
      next.eflags |= Eflags.NT;
    }
    if (cause != Cause.RETURN) {
      setBusy(c, selector, true);
    }
    tr.set(selector, base, Descriptor.limit(tss), Descriptor.attributes(tss) | Descriptor.BUSY);
    c.cr0 |= Control.CR0_TS;
    DebugTraps.setControl(c, c.dr[7] & ~LOCAL_BREAKPOINTS);
    try {
      begin(c, next, external);
    } catch (GuestFault fault) {
      fault.inNewTask = true;
      throw fault;
    }
  }

  /** SDM vol. 3, table 7-1, the first five checks. */
  private static long requireTss(Cpu c, int selector, Cause cause, int external) {
    int vector = cause == Cause.RETURN ? Vector.TS : Vector.GP;
    int error = DescriptorTable.error(selector, external);
    if ((selector & DescriptorTable.LOCAL) != 0) {
      throw c.fault.set(vector, error);
    }
    long tss = DescriptorTable.require(c, selector, vector, external);
    boolean busy = (Descriptor.type(tss) & Descriptor.BUSY) != 0;
    if (!Descriptor.isTss(tss) || busy != (cause == Cause.RETURN)) {
      throw c.fault.set(vector, error);
    }
    SegmentChecks.present(c, selector, tss, external);
    int minimum = Descriptor.isWide(tss) ? TaskState.MINIMUM_LIMIT32 : TaskState.MINIMUM_LIMIT16;
    if (Integer.compareUnsigned(Descriptor.limit(tss), minimum) < 0) {
      throw c.fault.set(Vector.TS, error);
    }
    return tss;
  }

  private static void setBusy(Cpu c, int selector, boolean busy) {
    if (!DescriptorTable.isNull(selector)) {
      int access = Descriptor.access(DescriptorTable.read(c, selector));
      DescriptorTable.setAccess(
          c, selector, busy ? access | Descriptor.BUSY : access & ~Descriptor.BUSY);
    }
  }

  /** Loads the new task's registers, then qualifies its segments in its own context. */
  private static void begin(Cpu c, TaskState next, int external) {
    c.eip = next.eip;
    System.arraycopy(next.reg, 0, c.reg, 0, next.reg.length);
    c.setEflags(next.eflags & EFLAGS_DEFINED);
    c.stepping = false;
    c.shadow = -1;
    // a switch that an instruction asked for counts as that instruction
    c.resume = c.instructions + (external == 0 ? 1 : 0);
    if (next.trap) {
      c.debugTraps |= DebugTraps.TASK_SWITCH;
    }
    for (int i = 0; i < c.segment.length; i++) {
      c.segment[i].setNull(next.selector[i]);
    }
    c.ldtr.setNull(next.ldt);
    boolean virtual = c.virtual8086();
    // a fault that comes before there is a stack is delivered on the one that the TSS has for it
    c.setCpl(3);
    c.noticeEvents();
    if (next.wide && (c.cr0 & Control.CR0_PG) != 0) {
      c.mmu.loadCr3(next.cr3);
      c.cr3 = next.cr3;
    }
    loadLdt(c, next.ldt, external);
    if (virtual) {
      for (int i = 0; i < c.segment.length; i++) {
        c.segment[i].setVirtual8086(next.selector[i]);
      }
    } else {
      loadSegments(c, next, external);
    }
    c.segmentsChanged();
    if ((c.eip & 0xffff_ffffL) > c.segment[SegmentRegister.CS].high) {
      throw c.gp(external);
    }
  }

  private static void loadLdt(Cpu c, int selector, int external) {
    if (DescriptorTable.isNull(selector)) {
      return;
    }
    int error = DescriptorTable.error(selector, external);
    if ((selector & DescriptorTable.LOCAL) != 0) {
      throw c.fault.set(Vector.TS, error);
    }
    long d = DescriptorTable.require(c, selector, Vector.TS, external);
    if (Descriptor.type(d) != Descriptor.LDT || !Descriptor.present(d)) {
      throw c.fault.set(Vector.TS, error);
    }
    c.ldtr.set(selector, Descriptor.base(d), Descriptor.limit(d), Descriptor.attributes(d));
  }

  private static void loadSegments(Cpu c, TaskState next, int external) {
    int cs = next.selector[SegmentRegister.CS];
    int cpl = cs & 3;
    long code = requireCode(c, cs, cpl, external);
    int ss = next.selector[SegmentRegister.SS];
    long stack = SegmentChecks.stack(c, ss, cpl, Vector.TS, external);
    SegmentChecks.present(c, cs, code, external);
    load(c, SegmentRegister.CS, cs, code);
    load(c, SegmentRegister.SS, ss, stack);
    c.setCpl(cpl);
    c.segmentsChanged();
    loadData(c, SegmentRegister.DS, next, external);
    loadData(c, SegmentRegister.ES, next, external);
    loadData(c, SegmentRegister.FS, next, external);
    loadData(c, SegmentRegister.GS, next, external);
  }

  private static long requireCode(Cpu c, int selector, int cpl, int external) {
    if (DescriptorTable.isNull(selector)) {
      throw c.fault.set(Vector.TS, DescriptorTable.error(selector, external));
    }
    long d = DescriptorTable.require(c, selector, Vector.TS, external);
    int dpl = Descriptor.dpl(d);
    boolean privilege = Descriptor.isConformingCode(d) ? dpl <= cpl : dpl == cpl;
    if (!Descriptor.isCode(d) || !privilege) {
      throw c.fault.set(Vector.TS, DescriptorTable.error(selector, external));
    }
    return d;
  }

  private static void loadData(Cpu c, int number, TaskState next, int external) {
    int selector = next.selector[number];
    if (!DescriptorTable.isNull(selector)) {
      load(c, number, selector, SegmentChecks.data(c, selector, c.cpl, Vector.TS, external));
    }
  }

  private static void load(Cpu c, int number, int selector, long d) {
    DescriptorTable.markAccessed(c, selector, d);
    c.segment[number].load(selector, d);
  }
}
