package org.trampoline.emulator;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.engine.GuestPages;

/**
 * Memory as a processor's page tables now show it, for somebody outside: no fault, no trace, no
 * accessed bit, and read-only pages can be written to.
 */
final class LinearMemory {
  private final Cpu cpu;
  private final GuestPages pages;

  LinearMemory(Cpu cpu) {
    this.cpu = cpu;
    pages = new GuestPages(cpu.memory.ram());
    pages.control(cpu.cr0, cpu.cr3, cpu.cr4);
  }

  /** Reads 1 to 8 bytes. */
  long read(int linear, int bytes) {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (cpu.memory.read8(physical(linear + i)) & 0xffL) << 8 * i;
    }
    return value;
  }

  void write(int linear, int bytes, long value) {
    for (int i = 0; i < bytes; i++) {
      cpu.memory.write8(physical(linear + i), (int) (value >>> 8 * i) & 0xff);
    }
  }

  private int physical(int linear) {
    long physical = pages.physical(linear);
    if (physical == GuestPages.NOWHERE) {
      throw new IllegalArgumentException(
          "nothing is mapped at linear address 0x" + Integer.toHexString(linear));
    }
    return (int) physical;
  }
}
