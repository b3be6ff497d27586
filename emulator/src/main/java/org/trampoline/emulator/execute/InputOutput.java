package org.trampoline.emulator.execute;

import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Descriptor;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.fault.DebugTraps;

/** IN and OUT, and the permission for all I/O instructions (SDM vol. 1, chapter 19). */
public final class InputOutput {
  private static final int MAP_BASE = 0x66;
  private static final int MINIMUM_LIMIT = 0x67;

  private InputOutput() {}

  static void in(Cpu c, Insn i) {
    int size = i.size0;
    int port = port(i.kind1, Operands.read1(c, i));
    check(c, port, size);
    Operands.register(c, Cpu.EAX, size, read(c, port, size));
  }

  static void out(Cpu c, Insn i) {
    int size = i.size1;
    int port = port(i.kind0, Operands.read0(c, i));
    check(c, port, size);
    write(c, port, size, Operands.register(c, Cpu.EAX, size));
  }

  private static int port(int kind, int value) {
    return kind == Insn.IMM ? value & 0xff : value & 0xffff;
  }

  /** Reads a port that {@link #check} has allowed. */
  static int read(Cpu c, int port, int size) {
    DebugTraps.port(c, port, size);
    return c.ports.in(port, size);
  }

  /** Writes a port that {@link #check} has allowed. */
  static void write(Cpu c, int port, int size, int value) {
    DebugTraps.port(c, port, size);
    c.ports.out(port, size, value);
  }

  /** Whether all ports are allowed. */
  public static boolean always(Cpu c) {
    return (c.cr0 & Control.CR0_PE) == 0 || !c.virtual8086() && c.cpl <= c.iopl();
  }

  /**
   * #GP(0) unless CPL is at most IOPL or the I/O permission bitmap of a 32-bit TSS has a 0 for each
   * of the ports; in virtual-8086 mode the bitmap alone decides.
   */
  static void check(Cpu c, int port, int size) {
    if (always(c)) {
      return;
    }
    if ((c.tr.attributes & Descriptor.WIDE) == 0 || c.tr.high < MINIMUM_LIMIT) {
      throw c.gp(0);
    }
    int at = c.mmu.read16System(c.tr.base + MAP_BASE) + (port >>> 3);
    // two bytes are always read, as the ports may straddle
    if (at + 1 > c.tr.high) {
      throw c.gp(0);
    }
    int denied = c.mmu.read16System(c.tr.base + at) >>> (port & 7);
    if ((denied & (1 << size) - 1) != 0) {
      throw c.gp(0);
    }
  }
}
