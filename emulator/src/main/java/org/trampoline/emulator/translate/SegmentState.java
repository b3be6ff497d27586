package org.trampoline.emulator.translate;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Descriptor;
import org.trampoline.emulator.cpu.DescriptorTable;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.memory.Host;

/**
 * What translated code knows of the data segment registers, a part of the state block: their
 * selectors, and for each a small table of the descriptors in the GDT that it has been loaded from.
 * The code compares these with the descriptors in memory each time, so whoever changes them need
 * not be noticed; another GDT makes this forget all.
 *
 * <p>A load in translated code does not change what its block takes for granted: the register is
 * flat, or has nothing but a base, before and after it.
 */
final class SegmentState {
  /** For each segment register its selector, 4 bytes; of CS and SS {@link TrapState} has it. */
  static final int SELECTORS = 0x610;

  /** The descriptors that they were loaded from, 8 bytes each. */
  static final int DESCRIPTORS = 0x630;

  /** A bit for each register that was loaded since translated code was left. */
  static final int LOADED = 0x660;

  /** 1 in real-address and virtual-8086 mode. */
  static final int REAL = 0x664;

  /** The table. */
  static final int TABLE = TranslatorState.TRAPS + TrapState.BYTES;

  static final int ENTRY_SHIFT = 6;

  /** Entries for each register. */
  static final int ENTRIES = 16;

  static final int BYTES = 6 * ENTRIES << ENTRY_SHIFT;

  // ---- fields of an entry

  static final int SELECTOR = 0;

  /** The privilege level at which it was loaded. */
  static final int LEVEL = 4;

  /** Linear address of the descriptor. */
  static final int ADDRESS = 8;

  static final int DESCRIPTOR = 16;

  /** {@link CodeMode#kind} of the register then. */
  static final int KIND = 24;

  /** As {@link TrapState#NULLED}. */
  static final int NULLED = 28;

  static final int BASE = 32;

  private static final int NO_SELECTOR = -1;

  private final long base;
  private final SegmentRegister trial = new SegmentRegister(SegmentRegister.DS);
  private int gdtBase;
  private int gdtLimit;
  private boolean anything = true;

  SegmentState(long base) {
    this.base = base;
    forget();
  }

  /** Offset of the table's part for a register. */
  static int table(int number) {
    return TABLE + (number * ENTRIES << ENTRY_SHIFT);
  }

  private void forget() {
    for (int n = 0; anything && n < 6 * ENTRIES; n++) {
      Host.put32(base + TABLE + (n << ENTRY_SHIFT) + SELECTOR, NO_SELECTOR);
    }
    anything = false;
  }

  /** Before translated code is entered. */
  void take(Cpu c) {
    if (c.gdtBase != gdtBase || c.gdtLimit != gdtLimit) {
      forget();
      gdtBase = c.gdtBase;
      gdtLimit = c.gdtLimit;
    }
    Host.put32(base + LOADED, 0);
    Host.put32(base + REAL, c.protectedMode() ? 0 : 1);
    for (SegmentRegister s : c.segment) {
      Host.put32(base + SELECTORS + 4 * s.number, s.selector);
    }
  }

  /** Tells the processor of the loads that translated code has done. */
  void settle(Cpu c) {
    int loaded = Host.get32(base + LOADED);
    if (loaded == 0) {
      return;
    }
    Host.put32(base + LOADED, 0);
    for (SegmentRegister s : c.segment) {
      if ((loaded & 1 << s.number) != 0) {
        int selector = Host.get32(base + SELECTORS + 4 * s.number);
        if (c.protectedMode()) {
          s.load(selector, Host.get64(base + DESCRIPTORS + 8 * s.number));
        } else if (c.virtual8086()) {
          s.setVirtual8086(selector);
        } else {
          s.setReal(selector);
        }
      }
    }
  }

  /** After the semantics have loaded a register, takes note of its descriptor if it is usual. */
  void remember(Cpu c, int number) {
    int selector = c.segment[number].selector;
    int linear = gdtBase + (selector & 0xfff8);
    if (!c.protectedMode()
        || c.gdtBase != gdtBase
        || c.gdtLimit != gdtLimit
        || DescriptorTable.isNull(selector)
        || (selector & DescriptorTable.LOCAL) != 0
        || !DescriptorTable.contains(c, selector)) {
      return;
    }
    long host = (linear & 7) == 0 ? c.mmu.knownSystemHost(linear) : 0;
    long d = host == 0 ? 0 : Host.get64(host);
    int access = SegmentRegister.PRESENT | SegmentRegister.ACCESSED;
    if (!Descriptor.isWritableData(d)
        || (Descriptor.access(d) & access) != access
        || Descriptor.dpl(d) < Math.max(selector & 3, c.cpl)) {
      return;
    }
    trial.load(selector, d);
    long at = base + table(number) + ((long) (selector >> 3 & ENTRIES - 1) << ENTRY_SHIFT);
    Host.put32(at + SELECTOR, selector);
    Host.put32(at + LEVEL, c.cpl);
    Host.put64(at + ADDRESS, linear & 0xffff_ffffL);
    Host.put64(at + DESCRIPTOR, d);
    Host.put32(at + KIND, trial.access);
    Host.put32(at + NULLED, TrapState.becomesNull(trial) ? 1 : 0);
    Host.put32(at + BASE, trial.base);
    anything = true;
  }
}
