package org.trampoline.emulator.translate.world;

import static org.trampoline.emulator.translate.world.Places.*;

import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.cpu.SegmentRegister;

/** Puts a processor into a random state of one of its modes, from which a world's code can run. */
final class Context {
  /** Mode of the processor. */
  enum Mode {
    REAL,
    VIRTUAL_8086,
    KERNEL,
    KERNEL16,
    USER,
    USER16
  }

  private final Machine machine;
  private final Cpu c;
  private final Random random;

  private Context(Machine machine, Cpu cpu, Random random) {
    this.machine = machine;
    c = cpu;
    this.random = random;
  }

  /** Enters a mode; returns what it has chosen. */
  static String enter(Machine machine, Cpu cpu, Random random, Mode mode) {
    return new Context(machine, cpu, random).enter(mode);
  }

  private String enter(Mode mode) {
    c.reset();
    c.waitsForSipi = false;
    for (int r = 0; r < 8; r++) {
      c.reg[r] = Choice.rarely(random, 6) ? random.nextInt(64) : Choice.address(random);
    }
    units();
    int paging = mode == Mode.REAL ? 0 : random.nextInt(8);
    boolean pae = paging >= 6;
    c.cr0 = Control.CR0_ET | (random.nextBoolean() ? Control.CR0_WP : 0);
    c.cr0 |= random.nextBoolean() ? Control.CR0_NE : 0;
    c.cr0 |= Choice.rarely(random, 12) ? Choice.control0(random) & ~Control.CR0_PG : 0;
    c.cr0 |= mode == Mode.REAL ? 0 : Control.CR0_PE;
    c.cr0 |= paging < 2 ? 0 : Control.CR0_PG;
    c.cr3 = Choice.cr3(random, pae);
    if (pae) {
      // the pointers are loaded at once, and must be good
      for (int i = 0; i < 8; i++) {
        int at = PAE_POINTERS + 8 * i;
        long pointer = machine.ram().get(ValueLayout.JAVA_LONG_UNALIGNED, at);
        if ((pointer & 1) != 0) {
          long good = PAE_DIRECTORY + (i / 4) * 0x1000L | 1;
          machine.ram().set(ValueLayout.JAVA_LONG_UNALIGNED, at, good);
        }
      }
      machine.codeChanged(PAE_POINTERS, 64);
    }
    c.cr4 = Control.CR4_OSFXSR | Control.CR4_OSXMMEXCPT | Control.CR4_PSE;
    c.cr4 |= random.nextBoolean() ? Control.CR4_PGE : 0;
    c.cr4 |= Choice.rarely(random, 12) ? Choice.control4(random) & ~Control.CR4_PAE : 0;
    c.cr4 |= pae ? Control.CR4_PAE : 0;
    c.gdtBase = GDT;
    c.gdtLimit = 8 * GDT_ENTRIES - 1;
    c.idtBase = mode == Mode.REAL ? VECTORS : IDT;
    c.idtLimit = mode == Mode.REAL ? 0x3ff : 0x7ff;
    c.tr.set(Descriptors.TASK, TASKS, TASK_BYTES - 1, 0x8b);
    c.ldtr.set(Descriptors.LOCAL, LDT, 8 * LDT_ENTRIES - 1, 0x82);
    c.setEflags(Choice.eflags(random) & ~(Eflags.NT | Eflags.VM));
    switch (mode) {
      case REAL, VIRTUAL_8086 -> segments8086(mode == Mode.REAL);
      case KERNEL -> segments(Descriptors.KERNEL_CODE, 0, true);
      case KERNEL16 -> segments(Descriptors.KERNEL_CODE16, 0, false);
      case USER ->
          segments(
              Choice.of(
                  random, Descriptors.USER_CODE, Descriptors.USER_CODE, Descriptors.BASED_CODE),
              3,
              true);
      case USER16 -> segments(Descriptors.USER_CODE16, 3, false);
    }
    c.segmentsChanged();
    c.mmu.setControl(c.cr0, c.cr3, c.cr4);
    c.noticeEvents();
    return "%s %s at 0x%x"
        .formatted(mode, paging < 2 ? "without paging" : pae ? "PAE" : "paging", c.eip);
  }

  private void segments8086(boolean real) {
    int data = (DATA >> 4) + (random.nextBoolean() ? random.nextInt(0x100) : 0);
    int[] paragraphs = {data, CODE >> 4, STACKS >> 4, data, random.nextInt(0x10000), 0xffff};
    for (int s = 0; s < 6; s++) {
      if (real) {
        c.segment[s].setReal(paragraphs[s]);
      } else {
        c.segment[s].setVirtual8086(paragraphs[s]);
      }
    }
    if (real && Choice.rarely(random, 4)) { // "unreal" mode
      c.segment[SegmentRegister.DS].set(0, 0, -1, 0x8093);
      c.segment[SegmentRegister.ES].set(0, 0, -1, 0x8093);
    }
    c.reg[Cpu.ESP] = 0x400 + 2 * random.nextInt(0x1c00);
    c.eip = Choice.code(random, false) - CODE;
    if (!real) {
      c.eflags |= Eflags.VM;
    }
    c.setCpl(real ? 0 : 3);
  }

  private void segments(int code, int level, boolean code32) {
    load(SegmentRegister.CS, code | level);
    c.eip = Choice.code(random, code32) - c.segment[SegmentRegister.CS].base;
    boolean small = Choice.rarely(random, 6) && level == 3;
    load(
        SegmentRegister.SS,
        small ? Descriptors.STACK16 | 3 : Descriptors.KERNEL_DATA + 16 * (level / 3) | level);
    c.reg[Cpu.ESP] = Descriptors.stack(random) - (small ? STACKS : 0);
    for (int s : new int[] {0, 3, 4, 5}) {
      int selector =
          Choice.rarely(random, 6) ? 0x20 + 8 * random.nextInt(9) : Descriptors.USER_DATA;
      load(s, selector | 3);
    }
    c.setCpl(level);
  }

  /** Loads a segment from the descriptor that is in memory now. */
  private void load(int number, int selector) {
    long descriptor = machine.ram().get(ValueLayout.JAVA_LONG_UNALIGNED, GDT + (selector & ~7));
    c.segment[number].load(selector, descriptor);
  }

  private void units() {
    for (int i = 0; i < c.simd.xmm.length; i++) {
      c.simd.xmm[i] = Double.doubleToRawLongBits(random.nextGaussian() * 100);
    }
    c.simd.mxcsr = Choice.rarely(random, 6) ? random.nextInt(0x10000) & 0xffbf : 0x1f80;
    c.fpu.setControlWord(Choice.rarely(random, 6) ? random.nextInt(0x10000) : 0x37f);
    for (int i = 0; i < 8; i++) {
      c.fpu.significand[i] = random.nextLong() | 1L << 63;
      c.fpu.signExponent[i] = 0x3ff8 + random.nextInt(16);
    }
    c.fpu.occupied = random.nextInt(256);
  }
}
