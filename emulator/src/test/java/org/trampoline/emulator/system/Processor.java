package org.trampoline.emulator.system;

import java.lang.foreign.Arena;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.coverage.ExecutedForms;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Decoder;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.device.Ports;
import org.trampoline.emulator.execute.Semantics;
import org.trampoline.emulator.fault.Delivery;
import org.trampoline.emulator.fault.Events;
import org.trampoline.emulator.fault.GuestFault;
import org.trampoline.emulator.fault.MachineStop;

/**
 * A processor in protected mode at CPL 0 with a GDT, an IDT and a TSS, for tests that execute an
 * instruction at a time. Everything is identity mapped; paging is off until {@link #paging}.
 */
final class Processor implements AutoCloseable {
  static final int CODE0 = 0x08;
  static final int DATA0 = 0x10;
  static final int CODE3 = 0x1b;
  static final int DATA3 = 0x23;
  static final int TSS = 0x28;
  static final int TSS2 = 0x30;
  static final int LDT = 0x38;
  static final int CONFORMING = 0x40;
  static final int CODE1 = 0x49;
  static final int DATA1 = 0x51;

  /** Selectors from here on are free for a test. */
  static final int FREE = 0x58;

  static final int GDT_AT = 0x1000;
  static final int IDT_AT = 0x2000;
  static final int TSS_AT = 0x3000;
  static final int TSS2_AT = 0x3800;
  static final int LDT_AT = 0x4000;

  /** Where the code that {@link #execute} places starts; offset in CS. */
  static final int CODE_AT = 0x10000;

  static final int STACK0 = 0x20000;
  static final int STACK1 = 0x22000;
  static final int STACK3 = 0x24000;
  static final int PAGES_AT = 0x30000;

  private static final int GDT_LIMIT = 0xff;
  private static final int MEMORY = 1 << 20;

  final Cpu c;
  private final Arena arena = Arena.ofConfined();
  private final Decoder decoder;

  Processor() {
    this(CpuModel.PENTIUM4, Ports.NONE);
  }

  Processor(CpuModel model, Ports ports) {
    c = new Cpu(model, new org.trampoline.emulator.memory.PhysicalMemory(arena, MEMORY), ports);
    decoder = new Decoder(InstructionTable.get(), model.features());
    c.gdtBase = GDT_AT;
    c.gdtLimit = GDT_LIMIT;
    c.idtBase = IDT_AT;
    c.idtLimit = 0x7ff;
    gdt(CODE0, Descriptors.flat(Descriptors.CODE, 0));
    gdt(DATA0, Descriptors.flat(Descriptors.DATA, 0));
    gdt(CODE3, Descriptors.flat(Descriptors.CODE, 3));
    gdt(DATA3, Descriptors.flat(Descriptors.DATA, 3));
    gdt(TSS, Descriptors.segment(TSS_AT, 0x67, Descriptors.TSS32 | 2, 0, 0));
    gdt(TSS2, Descriptors.segment(TSS2_AT, 0x67, Descriptors.TSS32, 0, 0));
    gdt(LDT, Descriptors.segment(LDT_AT, 0xff, Descriptors.LDT, 0, 0));
    gdt(CONFORMING, Descriptors.flat(Descriptors.CONFORMING, 0));
    gdt(CODE1, Descriptors.flat(Descriptors.CODE, 1));
    gdt(DATA1, Descriptors.flat(Descriptors.DATA, 1));
    write32(TSS_AT + 4, STACK0);
    write32(TSS_AT + 8, DATA0);
    write32(TSS_AT + 12, STACK1);
    write32(TSS_AT + 16, DATA1);
    write32(TSS_AT + 0x64, 0x68 << 16); // no I/O permission bitmap
    c.tr.set(TSS, TSS_AT, 0x67, 0x8b);
    c.ldtr.setNull(0);
    control(Control.CR0_PE | Control.CR0_ET, 0, 0);
    ring0();
  }

  /** CPL 0, flat segments, stack at {@link #STACK0}. */
  void ring0() {
    level(0, CODE0, DATA0, STACK0);
  }

  /** CPL 3, flat segments, stack at {@link #STACK3}. */
  void ring3() {
    level(3, CODE3, DATA3, STACK3);
  }

  private void level(int cpl, int code, int data, int esp) {
    c.setEflags(0);
    for (SegmentRegister s : c.segment) {
      boolean cs = s.number == SegmentRegister.CS;
      s.set(cs ? code : data, 0, -1, (cs ? 0xc09b : 0xc093) | cpl << 5);
    }
    c.setCpl(cpl);
    c.segmentsChanged();
    c.reg[Cpu.ESP] = esp;
    c.eip = CODE_AT;
  }

  /** Virtual-8086 mode with CS 1000H, other segments 3000H, SP 100H. */
  void virtual8086(int iopl) {
    c.setEflags(Eflags.VM | iopl << 12);
    for (SegmentRegister s : c.segment) {
      s.setVirtual8086(s.number == SegmentRegister.CS ? CODE_AT >> 4 : 0x3000);
    }
    c.setCpl(3);
    c.segmentsChanged();
    c.reg[Cpu.ESP] = 0x100;
    c.eip = 0;
  }

  /** Real-address mode with CS 1000H, other segments 3000H, SP 100H, vector table at 0. */
  void real() {
    control(Control.CR0_ET, 0, 0);
    c.setEflags(0);
    for (SegmentRegister s : c.segment) {
      s.set(0, 0, 0xffff, 0x93);
      s.setReal(s.number == SegmentRegister.CS ? CODE_AT >> 4 : 0x3000);
    }
    c.setCpl(0);
    c.segmentsChanged();
    c.idtBase = 0;
    c.idtLimit = 0x3ff;
    c.reg[Cpu.ESP] = 0x100;
    c.eip = 0;
  }

  void control(int cr0, int cr3, int cr4) {
    c.mmu.setControl(cr0, cr3, cr4);
    c.cr0 = cr0;
    c.cr3 = cr3;
    c.cr4 = cr4;
  }

  /** Turns paging on with all 1 MB mapped to itself, user and writable. */
  void paging() {
    write32(PAGES_AT, PAGES_AT + 0x1000 | 7);
    for (int page = 0; page < 256; page++) {
      mapPage(page << 12, page << 12 | 7);
    }
    control(c.cr0 | Control.CR0_PG | Control.CR0_WP, PAGES_AT, c.cr4);
  }

  /** Sets the page-table entry of a page below 1 MB. */
  void mapPage(int linear, int entry) {
    write32(PAGES_AT + 0x1000 + (linear >>> 12) * 4, entry);
    c.mmu.invlpg(linear);
  }

  void gdt(int selector, long descriptor) {
    write64(GDT_AT + (selector & 0xfff8), descriptor);
  }

  int gdtAccess(int selector) {
    return c.memory.read8(GDT_AT + (selector & 0xfff8) + 5);
  }

  void ldt(int selector, long descriptor) {
    c.ldtr.set(LDT, LDT_AT, 0xff, Descriptors.LDT);
    write64(LDT_AT + (selector & 0xfff8), descriptor);
  }

  void idt(int vector, long gate) {
    write64(IDT_AT + vector * 8, gate);
  }

  /**
   * Interrupt gates to {@link #CODE0} for all exceptions; the handler's offset tells the vector.
   */
  void handlers() {
    for (int vector = 0; vector < 32; vector++) {
      idt(vector, Descriptors.gate(CODE0, handler(vector), Descriptors.INTERRUPT_GATE, 0));
    }
  }

  static int handler(int vector) {
    return 0x5_0000 + vector * 0x10;
  }

  /**
   * Executes one instruction at eip as an engine does.
   *
   * @return {@code ok}, or what it raised, undelivered and with eip at it: {@code #GP(0x10)}
   */
  String execute(int... bytes) {
    int start = c.eip;
    Insn i = decoder.decode(at -> at < bytes.length ? bytes[at] : 0x90, c.code32);
    if (i.length != bytes.length) {
      throw new AssertionError("test's instruction has " + i.length + " bytes: " + i.form);
    }
    ExecutedForms.note(i.form);
    c.eip = start + i.length;
    c.repeating = false;
    try {
      Semantics.execute(c, i);
      c.instructions++;
      return "ok";
    } catch (GuestFault fault) {
      c.eip = start;
      return fault.getMessage();
    }
  }

  /** As {@link #execute}, with a fault delivered to the guest; the boundary's events follow. */
  void run(int... bytes) {
    if (!execute(bytes).equals("ok")) {
      Delivery.deliver(c, c.fault);
    }
    boundary();
  }

  /** Delivers all that is due before the next instruction. */
  void boundary() {
    for (int limit = 10; Events.atBoundary(c); limit--) {
      if (limit == 0) {
        throw new AssertionError("endless events");
      }
    }
  }

  /** Raises an exception at eip and delivers it. */
  void raise(int vector, int errorCode) {
    Delivery.deliver(c, c.fault.set(vector, errorCode));
  }

  /** What stops the machine while this is done. */
  static StopReason stopOf(Runnable action) {
    try {
      action.run();
    } catch (MachineStop stop) {
      return stop.reason();
    }
    throw new AssertionError("the machine did not stop");
  }

  int cs() {
    return c.segment[SegmentRegister.CS].selector;
  }

  int ss() {
    return c.segment[SegmentRegister.SS].selector;
  }

  int esp() {
    return c.reg[Cpu.ESP];
  }

  /** The 32-bit word {@code index} words above the stack pointer. */
  int stack32(int index) {
    return c.memory.read32(c.segment[SegmentRegister.SS].base + esp() + 4 * index);
  }

  int stack16(int index) {
    int sp = c.stack32 ? esp() : esp() & 0xffff;
    return c.memory.read16(c.segment[SegmentRegister.SS].base + sp + 2 * index);
  }

  /** Puts words on the current stack, the last one highest. */
  void onStack32(int... words) {
    c.reg[Cpu.ESP] -= 4 * words.length;
    for (int i = 0; i < words.length; i++) {
      write32(c.segment[SegmentRegister.SS].base + esp() + 4 * i, words[i]);
    }
  }

  void onStack16(int... words) {
    c.reg[Cpu.ESP] -= 2 * words.length;
    for (int i = 0; i < words.length; i++) {
      c.memory.write16(c.segment[SegmentRegister.SS].base + esp() + 2 * i, words[i]);
    }
  }

  int read32(int physical) {
    return c.memory.read32(physical);
  }

  void write32(int physical, int value) {
    c.memory.write32(physical, value);
  }

  private void write64(int physical, long value) {
    write32(physical, (int) value);
    write32(physical + 4, (int) (value >>> 32));
  }

  @Override
  public void close() {
    arena.close();
  }
}
