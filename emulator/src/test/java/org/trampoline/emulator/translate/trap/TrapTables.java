package org.trampoline.emulator.translate.trap;

import java.lang.foreign.ValueLayout;
import java.util.Map;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Source;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.SegmentRegister;

/** Descriptor tables, a task-state segment and flat segments of rings 0 and 3 for what traps. */
final class TrapTables {
  static final int GDT = 0x1000;
  static final int IDT = 0x2000;
  static final int TSS = 0x3000;
  static final int KERNEL_STACK = 0x9000;
  static final int KERNEL_CODE = 0x08;
  static final int KERNEL_DATA = 0x10;
  static final int USER_CODE = 0x1b;
  static final int USER_DATA = 0x23;

  /** A gate for interrupts whose INT only the kernel may execute. */
  static final int INTERRUPT_GATE = 0x8e00;

  private TrapTables() {}

  static void word(Machine machine, int at, int value) {
    machine.ram().set(ValueLayout.JAVA_INT_UNALIGNED, at, value);
  }

  static void gate(Machine machine, int vector, int offset, int attributes) {
    word(machine, IDT + 8 * vector, KERNEL_CODE << 16 | offset);
    word(machine, IDT + 8 * vector + 4, attributes);
  }

  static byte[] assemble(String source, int at) {
    return Assembler.assemble(new Source("trap.S", source), at, Map.of()).bytes();
  }

  /** Writes the segments' descriptors, and the stack for ring 0. */
  static void write(Machine machine) {
    long[] descriptors = {
      0, 0xcf9b000000ffffL, 0xcf93000000ffffL, 0xcffb000000ffffL, 0xcff3000000ffffL
    };
    for (int i = 0; i < descriptors.length; i++) {
      machine.ram().set(ValueLayout.JAVA_LONG_UNALIGNED, GDT + 8 * i, descriptors[i]);
    }
    word(machine, TSS + 4, KERNEL_STACK);
    word(machine, TSS + 8, KERNEL_DATA);
  }

  /** Lets a processor use the tables and begin at an address, in ring 3 or 0. */
  static void enter(Cpu c, int eip, boolean user) {
    c.gdtBase = GDT;
    c.gdtLimit = 0x27;
    c.idtBase = IDT;
    c.idtLimit = 0x7ff;
    c.tr.set(0x28, TSS, 0x67, 0x8b);
    int user3 = user ? 3 << 5 : 0;
    c.segment[SegmentRegister.CS].set(user ? USER_CODE : KERNEL_CODE, 0, -1, 0xc09b | user3);
    c.segment[SegmentRegister.SS].set(user ? USER_DATA : KERNEL_DATA, 0, -1, 0xc093 | user3);
    for (int s : new int[] {0, 3, 4, 5}) {
      c.segment[s].set(USER_DATA, 0, -1, 0xc0f3);
    }
    c.setCpl(user ? 3 : 0);
    c.segmentsChanged();
    c.eip = eip;
    c.reg[Cpu.ESP] = user ? 0xb000 : KERNEL_STACK + 0x800;
    c.noticeEvents();
  }
}
