package org.trampoline.emulator.execute;

import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.DescriptorTable;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.cpu.SegmentChecks;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.fault.TaskSwitch;
import org.trampoline.emulator.fault.Vector;

/** Far RET and IRET (SDM vol. 3, 5.8.6, 6.12.1, 7.3 and 20.3; vol. 2, RET and IRET). */
public final class FarReturn {
  /** What IRET and POPF can load in real-address mode: all but VM, VIF and VIP. */
  private static final int REAL_FLAGS = 0x25_7fd5;

  /** What IRET to virtual-8086 mode loads: all defined flags. */
  private static final int ALL_FLAGS = 0x3f_7fd5;

  private static final int LOW_HALF = 0xffff;

  private FarReturn() {}

  /** RETF, with or without a count of bytes to release. */
  static void retf(Cpu c, Insn i) {
    int size = i.operandSize;
    int release = i.kind0 == Insn.IMM ? i.imm & 0xffff : 0;
    int eip = Stack.peek(c, 0, size);
    int cs = Stack.peek(c, size, size) & 0xffff;
    if (!c.protectedMode()) {
      FarTransfer.checkEntry8086(c, eip);
      Stack.release(c, 2 * size + release);
      FarTransfer.enter8086(c, cs, eip);
      return;
    }
    long code = SegmentChecks.returnTarget(c, cs);
    if ((cs & 3) == c.cpl) {
      SegmentChecks.entry(c, eip, code, 0);
      DescriptorTable.markAccessed(c, cs, code);
      Stack.release(c, 2 * size + release);
      FarTransfer.enter(c, cs, code, eip, c.cpl);
    } else {
      outer(c, cs, code, eip, 2 * size + release, size, release);
    }
  }

  /** IRET and IRETD. That NMIs are taken again holds even if it faults (SDM vol. 3, 6.7.1). */
  static void iret(Cpu c, Insn i) {
    int size = i.operandSize;
    FlagInstructions.checkVirtualIopl(c);
    c.nmiBlocked = false;
    if ((c.cr0 & Control.CR0_PE) == 0) {
      return8086(c, size, REAL_FLAGS);
    } else if (c.virtual8086()) {
      return8086(c, size, REAL_FLAGS & ~Eflags.IOPL);
    } else if ((c.eflags & Eflags.NT) != 0) {
      TaskSwitch.taskReturn(c);
    } else {
      protectedReturn(c, size);
    }
    c.noticeEvents();
  }

  private static void return8086(Cpu c, int size, int mask) {
    int eip = Stack.peek(c, 0, size);
    int cs = Stack.peek(c, size, size) & 0xffff;
    int flags = Stack.peek(c, 2 * size, size);
    FarTransfer.checkEntry8086(c, eip);
    Stack.release(c, 3 * size);
    FarTransfer.enter8086(c, cs, eip);
    loadFlags(c, flags, size == 4 ? mask : mask & LOW_HALF);
  }

  private static void protectedReturn(Cpu c, int size) {
    int eip = Stack.peek(c, 0, size);
    int cs = Stack.peek(c, size, size) & 0xffff;
    int flags = Stack.peek(c, 2 * size, size);
    if (size == 4 && (flags & Eflags.VM) != 0 && c.cpl == 0) {
      toVirtual8086(c, eip, cs, flags);
      return;
    }
    int mask = flagsMask(c, size);
    long code = SegmentChecks.returnTarget(c, cs);
    if ((cs & 3) == c.cpl) {
      SegmentChecks.entry(c, eip, code, 0);
      DescriptorTable.markAccessed(c, cs, code);
      Stack.release(c, 3 * size);
      FarTransfer.enter(c, cs, code, eip, c.cpl);
    } else {
      outer(c, cs, code, eip, 3 * size, size, 0);
    }
    loadFlags(c, flags, mask);
  }

  /** The flags IRET may change in protected mode at the level it is executed at. */
  private static int flagsMask(Cpu c, int size) {
    int mask = Eflags.STATUS | Eflags.TF | Eflags.DF | Eflags.NT;
    if (c.cpl <= c.iopl()) {
      mask |= Eflags.IF;
    }
    if (c.cpl == 0) {
      mask |= Eflags.IOPL;
    }
    if (size == 4) {
      mask |= Eflags.RF | Eflags.AC | Eflags.ID;
      if (c.cpl == 0) {
        mask |= Eflags.VIF | Eflags.VIP;
      }
    }
    return mask;
  }

  private static void loadFlags(Cpu c, int flags, int mask) {
    c.setEflags(c.getEflags() & ~mask | flags & mask);
    if ((mask & Eflags.RF) != 0) {
      c.resume = c.instructions + 1;
    } // else RF ends with this instruction, as with others (SDM vol. 3, 17.3.1.1)
  }

  /** From ring 0 to a virtual-8086 task: ESP, SS, ES, DS, FS and GS follow EFLAGS on the stack. */
  private static void toVirtual8086(Cpu c, int eip, int cs, int flags) {
    int esp = Stack.peek(c, 12, 4);
    int ss = Stack.peek(c, 16, 4) & 0xffff;
    int es = Stack.peek(c, 20, 4) & 0xffff;
    int ds = Stack.peek(c, 24, 4) & 0xffff;
    int fs = Stack.peek(c, 28, 4) & 0xffff;
    int gs = Stack.peek(c, 32, 4) & 0xffff;
    if (eip >>> 16 != 0) {
      throw c.gp(0);
    }
    loadFlags(c, flags, ALL_FLAGS);
    c.segment[SegmentRegister.CS].setVirtual8086(cs);
    c.segment[SegmentRegister.SS].setVirtual8086(ss);
    c.segment[SegmentRegister.ES].setVirtual8086(es);
    c.segment[SegmentRegister.DS].setVirtual8086(ds);
    c.segment[SegmentRegister.FS].setVirtual8086(fs);
    c.segment[SegmentRegister.GS].setVirtual8086(gs);
    c.setCpl(3);
    c.segmentsChanged();
    c.eip = eip;
    c.reg[Cpu.ESP] = esp;
  }

  /**
   * Return to an outer privilege level, whose ESP and SS lie {@code distance} bytes up the stack.
   *
   * @param release bytes of parameters to be taken off the outer stack too
   */
  private static void outer(
      Cpu c, int cs, long code, int eip, int distance, int size, int release) {
    int level = cs & 3;
    int esp = Stack.peek(c, distance, size);
    int ss = Stack.peek(c, distance + size, size) & 0xffff;
    long stack = SegmentChecks.stack(c, ss, level, Vector.GP, 0);
    SegmentChecks.entry(c, eip, code, 0);
    DescriptorTable.markAccessed(c, cs, code);
    DescriptorTable.markAccessed(c, ss, stack);
    c.segment[SegmentRegister.SS].load(ss, stack);
    FarTransfer.enter(c, cs, code, eip, level);
    Stack.setPointer(c, esp + release);
    leaveInner(c, SegmentRegister.ES, level);
    leaveInner(c, SegmentRegister.DS, level);
    leaveInner(c, SegmentRegister.FS, level);
    leaveInner(c, SegmentRegister.GS, level);
  }

  /** A data segment that the outer level may not use becomes null; so does any null selector. */
  private static void leaveInner(Cpu c, int number, int level) {
    SegmentRegister s = c.segment[number];
    int conforming = SegmentRegister.CODE | SegmentRegister.EXPAND_DOWN;
    if ((s.attributes & conforming) != conforming && s.dpl() < level) {
      s.setNull(0);
    }
  }
}
