package org.trampoline.emulator.translate;

import org.trampoline.emulator.cpu.Control;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.memory.Host;

/**
 * What {@link FaultCode} needs to deliver page faults, a part of the state block: whether it may
 * look at the page tables, how many faults it may deliver, and how many it has delivered.
 */
final class FaultState {
  /** Number of the {@link CodeMode} that is running. */
  static final int MODE = 0xf00;

  /** Faults that may still be delivered before the code has to return. */
  static final int LEFT = 0xf04;

  /** Faults delivered since the processor was told. */
  static final int COUNT = 0xf08;

  /** 1 while the code may walk the page tables by itself. */
  static final int WALKS = 0xf0c;

  /** Error code of the fault to be delivered. */
  static final int ERROR = 0xf10;

  /** Number of the {@link Exit} to take if it cannot be delivered. */
  static final int EXIT = 0xf14;

  /** Host address of the attributes of frame 0 ({@code PhysicalMemory.attributesAddress}). */
  static final int ATTRIBUTES = 0xf18;

  static final int BYTES = ATTRIBUTES + 8 - MODE;

  /** Faults of one entry at most: who asks for a stop waits for its end. */
  private static final int LIMIT = 1 << 14;

  private final long base;

  FaultState(long base, long attributes) {
    this.base = base;
    Host.put64(base + ATTRIBUTES, attributes);
    Host.put32(base + COUNT, 0);
  }

  /**
   * Before translated code is entered.
   *
   * @param left how many faults may be delivered; none if it is negative
   */
  void take(Cpu c, CodeMode mode, long left) {
    boolean walks = (c.cr0 & Control.CR0_PG) != 0 && c.mmu.loadsCr3Directly() && c.memory.a20();
    Host.put32(base + MODE, mode.id);
    Host.put32(base + LEFT, Math.clamp(left, 0, LIMIT));
    Host.put32(base + WALKS, walks ? 1 : 0);
  }

  /** Prepares the delivery of a fault that Java has found; false if that must not be. */
  boolean mayDeliver(int error) {
    if (Host.get32(base + LEFT) == 0
        || Host.get32(base + TrapState.LEVEL) < 0
        || Host.get32(base + TrapState.PAGE_FAULT + TrapState.MODE) != Host.get32(base + MODE)) {
      return false;
    }
    Host.put32(base + ERROR, error);
    Host.put32(base + EXIT, Exit.FAULT.ordinal());
    return true;
  }

  /** Tells the processor of the faults delivered in its name, and returns their number. */
  int give(Cpu c) {
    int count = Host.get32(base + COUNT);
    if (count != 0) {
      Host.put32(base + COUNT, 0);
      c.cr2 = Host.get32(base + SystemState.CR2);
      c.shadow = -1; // a later one is the code's
    }
    return count;
  }
}
