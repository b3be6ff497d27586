package org.trampoline.emulator.translate;

import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.memory.Host;

/** RDTSC in translated code: time is instructions, of which the budget knows how many have run. */
final class ClockState {
  /** The time-stamp counter when the budget is 0. */
  static final int STAMP = 0x600;

  /** 1 if translated code may read it. */
  private static final int READABLE = 0x608;

  private static final int ADDRESS = HostRegisters.ADDRESS;
  private static final int SUB = 0x29;
  private static final int SHR = 5;
  private static final int EQUAL = 4;

  private final long base;

  ClockState(long base) {
    this.base = base;
  }

  /**
   * Before translated code is entered.
   *
   * @param whole the count of instructions that the processor would have with a budget of 0
   */
  void take(Cpu c, long whole) {
    boolean readable = !c.clock.shared() && (c.cr4 & Control.CR4_TSD) == 0;
    Host.put32(base + READABLE, readable ? 1 : 0);
    if (readable) {
      Host.put64(base + STAMP, c.clock.now() + (whole - c.instructions) + c.msr.tscOffset);
    }
  }

  static boolean read(Emission e) {
    HostAssembler a = e.hot;
    e.retryHere();
    a.memory(1, 0x80, 7, HostRegisters.STATE, READABLE);
    a.emit8(0);
    e.exitIf(EQUAL, Exit.INTERPRET);
    a.memory(8, 0x8b, ADDRESS, HostRegisters.STATE, STAMP);
    a.register(8, SUB, HostRegisters.BUDGET, ADDRESS);
    e.subtractUnused(ADDRESS);
    a.move(HostRegisters.EAX, ADDRESS);
    a.shift(8, SHR, ADDRESS, 32);
    a.move(HostRegisters.of(Cpu.EDX), ADDRESS);
    return true;
  }
}
