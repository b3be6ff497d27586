package org.trampoline.emulator.translate;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Descriptor;
import org.trampoline.emulator.cpu.DescriptorTable;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.fault.Vector;
import org.trampoline.emulator.memory.Host;
import org.trampoline.emulator.memory.TranslationMap;

/**
 * What translated code knows of gates and of the segments that INT and IRET load, a part of the
 * state block. For each vector there is the last way through its gate, for the levels 0 and 3 the
 * last segments that IRET has returned to: descriptors as they were read, and what comes of them.
 * The code compares them with the descriptors in memory each time, so whoever changes these need
 * not be noticed. What is not compared (table registers, task register) makes this forget all.
 *
 * <p>Only the usual is known: 32-bit gates and flat segments, accessed already, of levels 0 and 3.
 */
final class TrapState {
  /** The privilege level; -1 while the interpreter has to execute INT and IRET. */
  static final int LEVEL = 0x4c0;

  /** Not 0 when CS, and when SS, were loaded since translated code was entered. */
  static final int CS_LOADED = 0x4c4;

  static final int SS_LOADED = 0x4c8;
  static final int CS_SELECTOR = 0x4d0;
  static final int SS_SELECTOR = 0x4d4;

  /** The descriptors that they were loaded from. */
  static final int CS_DESCRIPTOR = 0x4d8;

  static final int SS_DESCRIPTOR = 0x4e0;

  /** How far behind the supervisor's view the one in use is. */
  static final int USER_OFFSET = 0x4e8;

  /** Linear address of the stack for level 0 in the task-state segment. */
  static final int TSS_STACK = 0x4f0;

  /** The segments of a return to level 0, and to level 3; fields as below. */
  static final int RETURN_0 = 0x500;

  static final int RETURN_3 = 0x580;

  /** The way of page faults, whose gate need not be open to who meets them. */
  static final int PAGE_FAULT = 0x780;

  private static final int GATES = TranslatorState.TRAPS;
  private static final int GATE_SHIFT = 7;
  private static final int VECTORS = 256;
  static final int BYTES = VECTORS << GATE_SHIFT;

  // ---- fields of what is known of a transfer

  /** Number of the {@link CodeMode} it is made in, which it keeps; -1: nothing is known. */
  static final int MODE = 0;

  /** The level it is made from; of gates only. */
  static final int FROM = 4;

  static final int CODE_SELECTOR = 8;
  static final int STACK_SELECTOR = 12;

  /** Linear addresses of the descriptors, and their contents, 8 bytes each. */
  static final int CODE = 16;

  static final int CODE_DESCRIPTOR = 24;
  static final int STACK = 32;
  static final int STACK_DESCRIPTOR = 40;
  static final int GATE = 48;
  static final int GATE_DESCRIPTOR = 56;
  static final int ENTRY = 64;

  /** The flags that entering the gate leaves. */
  static final int KEPT_FLAGS = 68;

  /** Bytes of what is known of a segment register, see {@link TranslatorState#SEGMENTS}. */
  static final int NULLED = 4;

  /** Bytes that an interrupt pushes within level 0. */
  private static final int FRAME_BYTES = 12;

  private static final int INSIDE_PAGE = 0x1000 - 8;

  private final long base;
  private int idtBase;
  private int idtLimit;
  private int gdtBase;
  private int gdtLimit;
  private int taskBase;
  private long taskEnd;
  private boolean anything = true;

  TrapState(long base) {
    this.base = base;
    forget();
  }

  /** Offset of what is known of a vector's gate. */
  static int gate(int vector) {
    return GATES + (vector << GATE_SHIFT);
  }

  void forget() {
    if (anything) {
      Host.put32(base + RETURN_0 + MODE, -1);
      Host.put32(base + RETURN_3 + MODE, -1);
      Host.put32(base + PAGE_FAULT + MODE, -1);
      for (int vector = 0; vector < VECTORS; vector++) {
        Host.put32(base + gate(vector) + MODE, -1);
      }
      anything = false;
    }
  }

  // ---- the processor's state

  void take(Cpu c) {
    if (!tablesAreKnown(c)) {
      forget();
      noteTables(c);
    }
    // an NMI that is no longer blocked is noticed at IRET, and when a fault is delivered
    boolean noNmi = !c.nmiBlocked && !c.nmiPending;
    boolean usual = c.protectedMode() && noNmi && c.deliveryHook == null;
    Host.put32(base + LEVEL, usual && (c.cpl == 0 || c.cpl == 3) ? c.cpl : -1);
    Host.put64(base + USER_OFFSET, c.cpl == 3 ? TranslationMap.VIEW_BYTES : 0);
    Host.put64(base + CS_LOADED, 0);
    Host.put32(base + SS_LOADED, 0);
    Host.put32(base + CS_SELECTOR, c.segment[SegmentRegister.CS].selector);
    Host.put32(base + SS_SELECTOR, c.segment[SegmentRegister.SS].selector);
    FastSystemCallTemplates.take(c, base);
    takeData(c, SegmentRegister.ES);
    takeData(c, SegmentRegister.DS);
    takeData(c, SegmentRegister.FS);
    takeData(c, SegmentRegister.GS);
  }

  private void takeData(Cpu c, int number) {
    Host.put32(base + nulled(number), becomesNull(c.segment[number]) ? 1 : 0);
  }

  /** Offset of whether a return to level 3 would change a data segment register. */
  static int nulled(int number) {
    return TranslatorState.SEGMENTS + TranslatorState.SEGMENT_BYTES * number + NULLED;
  }

  /** Whether a return to level 3 would change a data segment register. */
  static boolean becomesNull(SegmentRegister s) {
    int conforming = SegmentRegister.CODE | SegmentRegister.EXPAND_DOWN;
    if (s.dpl() == 3 || (s.attributes & conforming) == conforming) {
      return false;
    }
    return s.selector != 0 || s.usable() || s.attributes != 0;
  }

  private boolean tablesAreKnown(Cpu c) {
    return c.idtBase == idtBase
        && c.idtLimit == idtLimit
        && c.gdtBase == gdtBase
        && c.gdtLimit == gdtLimit
        && c.tr.base == taskBase
        && stacksEnd(c) == taskEnd;
  }

  private void noteTables(Cpu c) {
    idtBase = c.idtBase;
    idtLimit = c.idtLimit;
    gdtBase = c.gdtBase;
    gdtLimit = c.gdtLimit;
    taskBase = c.tr.base;
    taskEnd = stacksEnd(c);
    Host.put64(base + TSS_STACK, c.tr.base + 4 & 0xffff_ffffL);
  }

  /** Highest offset in a 32-bit task-state segment; -1 in one of 16 bits. */
  private static long stacksEnd(Cpu c) {
    return (c.tr.attributes & Descriptor.WIDE) != 0 ? c.tr.high : -1;
  }

  /** Tells the processor its level, which what is done in its name depends on. */
  void settle(Cpu c) {
    int level = Host.get32(base + SystemState.CPL);
    if (level != c.cpl) {
      c.setCpl(level);
    }
  }

  /** Gives the segment registers back. */
  void give(Cpu c) {
    if (Host.get32(base + CS_LOADED) != 0) {
      load(c, SegmentRegister.CS, CS_SELECTOR, CS_DESCRIPTOR);
    }
    if (Host.get32(base + SS_LOADED) != 0) {
      load(c, SegmentRegister.SS, SS_SELECTOR, SS_DESCRIPTOR);
    }
  }

  private void load(Cpu c, int number, int selector, int descriptor) {
    c.segment[number].load(Host.get32(base + selector), Host.get64(base + descriptor));
  }

  // ---- what has been executed by the semantics

  /** Whether blocks of this mode may have INT and IRET translated. */
  static boolean serves(CodeMode mode) {
    return mode.code32
        && mode.stack32
        && mode.codeBase == 0
        && mode.noCodeLimit()
        && mode.kind(SegmentRegister.SS) == CodeMode.FLAT;
  }

  /** Takes note of the way through a vector's gate from a level, if it is a usual one. */
  void rememberGate(Cpu c, int vector, int level, CodeMode mode) {
    rememberGate(c, vector, level, true, mode, base + gate(vector));
  }

  /** The same for a page fault. */
  void rememberPageFault(Cpu c, int level, CodeMode mode) {
    if (serves(mode)) {
      rememberGate(c, Vector.PF, level, false, mode, base + PAGE_FAULT);
    }
  }

  private void rememberGate(
      Cpu c, int vector, int level, boolean privileged, CodeMode mode, long at) {
    Host.put32(at + MODE, -1);
    int linear = c.idtBase + vector * 8;
    if (!tablesAreKnown(c) || level != 0 && level != 3 || vector * 8 + 7 > (idtLimit & 0xffff)) {
      return;
    }
    long gate = descriptor(c, linear);
    int type = Descriptor.type(gate);
    if (type != Descriptor.INTERRUPT_GATE32 && type != Descriptor.TRAP_GATE32
        || !Descriptor.present(gate)
        || privileged && Descriptor.dpl(gate) < level) {
      return;
    }
    if (!rememberCode(c, at, Descriptor.gateSelector(gate) & ~3, 0)) {
      return;
    }
    if (level == 3 && !rememberStack(c, at, stackSelector(c), 0)) {
      return;
    }
    Host.put32(at + FROM, level);
    Host.put64(at + GATE, linear & 0xffff_ffffL);
    Host.put64(at + GATE_DESCRIPTOR, gate);
    Host.put32(at + ENTRY, Descriptor.gateOffset(gate));
    int masks = type == Descriptor.INTERRUPT_GATE32 ? Eflags.IF : 0;
    Host.put32(at + KEPT_FLAGS, ~(Eflags.TF | Eflags.NT | Eflags.RF | Eflags.VM | masks));
    Host.put32(at + MODE, mode.id);
    anything = true;
  }

  /**
   * Goes the way through a vector's gate that is known, within level 0, as an external interrupt.
   * Status flags must be evaluated, and the processor's eip be true.
   *
   * @return false if it has to be gone by the semantics; nothing has changed
   */
  boolean interrupt(Cpu c, int vector, CodeMode mode, TranslatorState state) {
    long way = base + gate(vector);
    if (Host.get32(base + LEVEL) != 0
        || Host.get32(way + MODE) != mode.id
        || Host.get32(way + FROM) != 0
        || descriptor(c, Host.get32(way + GATE)) != Host.get64(way + GATE_DESCRIPTOR)
        || descriptor(c, Host.get32(way + CODE)) != Host.get64(way + CODE_DESCRIPTOR)) {
      return false;
    }
    int selector = Host.get32(way + CODE_SELECTOR);
    int interrupted = Host.get32(base + CS_SELECTOR);
    // the x87 unit remembers selectors, as TrapTemplates.requireUnitsApart says
    boolean unit = Host.get8(base + UnitState.FPU_OWNED) != 0;
    int pointer = state.register(Cpu.ESP) - FRAME_BYTES;
    long frame = c.mmu.directHost(pointer, FRAME_BYTES);
    if (frame == 0 || unit && selector != interrupted) {
      return false;
    }
    int flags = Host.get32(base + SystemState.EFLAGS);
    Host.put32(frame, c.eip);
    Host.put32(frame + 4, interrupted);
    Host.put32(frame + 8, flags | state.flagsImage());
    state.register(Cpu.ESP, pointer);
    Host.put32(base + SystemState.EFLAGS, flags & Host.get32(way + KEPT_FLAGS));
    Host.put32(base + CS_SELECTOR, selector);
    Host.put64(base + CS_DESCRIPTOR, Host.get64(way + CODE_DESCRIPTOR));
    Host.put32(base + CS_LOADED, 1);
    c.eip = Host.get32(way + ENTRY);
    return true;
  }

  /** Takes note of the segments that IRET has returned to from level 0, if they are usual. */
  void rememberReturn(Cpu c, CodeMode mode) {
    if (!tablesAreKnown(c) || !c.protectedMode() || c.cpl != 0 && c.cpl != 3) {
      return;
    }
    long at = base + (c.cpl == 0 ? RETURN_0 : RETURN_3);
    Host.put32(at + MODE, -1);
    if (rememberCode(c, at, c.segment[SegmentRegister.CS].selector, c.cpl)
        && (c.cpl == 0 || rememberStack(c, at, c.segment[SegmentRegister.SS].selector, 3))) {
      Host.put32(at + MODE, mode.id);
      anything = true;
    }
  }

  private boolean rememberCode(Cpu c, long at, int selector, int level) {
    int linear = gdtBase + (selector & 0xfff8);
    long d = isInTable(selector) ? descriptor(c, linear) : 0;
    if (!Descriptor.isCode(d) || Descriptor.isConformingCode(d) || !isUsual(d, level)) {
      return false;
    }
    Host.put32(at + CODE_SELECTOR, selector & ~3 | level);
    Host.put64(at + CODE, linear & 0xffff_ffffL);
    Host.put64(at + CODE_DESCRIPTOR, d);
    return true;
  }

  private boolean rememberStack(Cpu c, long at, int selector, int level) {
    int linear = gdtBase + (selector & 0xfff8);
    long d = isInTable(selector) ? descriptor(c, linear) : 0;
    boolean down = (Descriptor.access(d) & SegmentRegister.EXPAND_DOWN) != 0;
    if (!Descriptor.isWritableData(d) || down || (selector & 3) != level || !isUsual(d, level)) {
      return false;
    }
    Host.put32(at + STACK_SELECTOR, selector);
    Host.put64(at + STACK, linear & 0xffff_ffffL);
    Host.put64(at + STACK_DESCRIPTOR, d);
    return true;
  }

  /** The selector of the stack for level 0; null if it takes more than usual to read it. */
  private int stackSelector(Cpu c) {
    int linear = taskBase + 4;
    if (taskEnd < 9 || (linear & 0xfff) > INSIDE_PAGE) {
      return 0;
    }
    long host = c.mmu.knownSystemHost(linear);
    return host == 0 ? 0 : Host.get16(host + 4);
  }

  private boolean isInTable(int selector) {
    return !DescriptorTable.isNull(selector)
        && (selector & DescriptorTable.LOCAL) == 0
        && (selector & 0xfff8) + 7 <= (gdtLimit & 0xffff);
  }

  private static boolean isUsual(long d, int level) {
    int access = SegmentRegister.PRESENT | SegmentRegister.ACCESSED;
    return (Descriptor.access(d) & access) == access
        && Descriptor.dpl(d) == level
        && Descriptor.base(d) == 0
        && Descriptor.limit(d) == -1
        && (Descriptor.attributes(d) & SegmentRegister.BIG) != 0;
  }

  /** A descriptor that the maps serve and that lies within a page; 0, which is none, if not. */
  private static long descriptor(Cpu c, int linear) {
    long host = (linear & 7) == 0 ? c.mmu.knownSystemHost(linear) : 0;
    return host == 0 ? 0 : Host.get64(host);
  }
}
