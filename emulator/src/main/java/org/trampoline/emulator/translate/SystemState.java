package org.trampoline.emulator.translate;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.memory.Host;

/**
 * What translated code knows of the system's registers, a part of the state block: enough to mask
 * interrupts without coming back.
 */
final class SystemState {
  /** CR0 to CR4, 4 bytes each. */
  static final int CONTROL = 0x480;

  static final int CPL = 0x4a0;

  /** EFLAGS, of which the status flags and DF are elsewhere. */
  static final int EFLAGS = 0x4a4;

  /** Not 0 while an interrupt waits for EFLAGS.IF. */
  static final int INTERRUPTED = 0x4a8;

  /** INVLPG instructions since the processor was told. */
  static final int INVLPGS = 0x4b4;

  /** The budget behind an STI that unmasked interrupts, else -1. */
  static final int SHADOW = 0x4b8;

  /** The budget behind the last IRET, -1 if there was none, and RF as it has loaded it. */
  static final int RESUME = 0x4bc;

  static final int RESUME_FLAG = 0x4ac;

  static final int CR2 = CONTROL + 8;
  static final int CR3 = CONTROL + 12;

  private final long base;

  SystemState(long base) {
    this.base = base;
  }

  void take(Cpu c) {
    Host.put32(base + CONTROL, c.cr0);
    Host.put32(base + CR2, c.cr2);
    Host.put32(base + CR3, c.cr3);
    Host.put32(base + CONTROL + 16, c.cr4);
    Host.put32(base + CPL, c.cpl);
    Host.put32(base + EFLAGS, c.eflags & ~Eflags.DF);
    takeEvents(c);
  }

  /** What has to do with events, and the count of instructions. */
  void takeEvents(Cpu c) {
    boolean waits = c.interruptLine || c.injected >= 0 || c.nmiPending;
    Host.put32(base + INTERRUPTED, waits ? 1 : 0);
    Host.put32(base + SHADOW, -1);
    Host.put32(base + RESUME, -1);
  }

  /** Tells the processor what has been done in its name. */
  void settle(Cpu c) {
    int pages = Host.get32(base + INVLPGS);
    if (pages != 0) {
      c.mmu.invalidated(pages);
      Host.put32(base + INVLPGS, 0);
    }
  }

  void giveFlags(Cpu c) {
    c.eflags = c.eflags & Eflags.DF | Host.get32(base + EFLAGS);
  }

  /**
   * Gives EFLAGS and the shadow of STI back. RF holds for one instruction: it is set only if none
   * has been completed since IRET.
   *
   * @param whole the count of instructions that the processor would have with a budget of 0
   * @param now the count that it has
   */
  void give(Cpu c, long whole, long now) {
    giveFlags(c);
    int shadow = Host.get32(base + SHADOW);
    if (shadow != -1) {
      c.shadow = whole - shadow;
      c.stackShadow = false;
    }
    int resume = Host.get32(base + RESUME);
    if (resume != -1) {
      c.resume = whole - resume;
      if (c.resume == now && Host.get32(base + RESUME_FLAG) != 0) {
        c.eflags |= Eflags.RF;
        c.askForEvents();
      }
    }
  }
}
