package org.trampoline.emulator.fault;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Descriptor;
import org.trampoline.emulator.cpu.DescriptorTable;
import org.trampoline.emulator.cpu.SegmentChecks;

/** The stack of an inner privilege level, from the current TSS (SDM vol. 3, 5.8.5). */
public final class InnerStack {
  private InnerStack() {}

  /**
   * Begins {@link Cpu#frame} on the stack for {@code level} after all checks of its selector.
   *
   * @param level 0–2
   * @param size bytes of the words to be pushed, 2 or 4
   * @param external EXT bit for error codes
   */
  public static void begin(Cpu c, int level, int size, int external) {
    boolean wide = (c.tr.attributes & Descriptor.WIDE) != 0;
    int at = wide ? level * 8 + 4 : level * 4 + 2;
    if (at + (wide ? 5 : 3) > c.tr.high) {
      throw c.fault.set(Vector.TS, DescriptorTable.error(c.tr.selector, external));
    }
    int linear = c.tr.base + at;
    int esp = wide ? c.mmu.read32System(linear) : c.mmu.read16System(linear);
    int selector = c.mmu.read16System(linear + (wide ? 4 : 2));
    long d = SegmentChecks.stack(c, selector, level, Vector.TS, external);
    c.frame.inner(size, selector, d, esp);
  }
}
