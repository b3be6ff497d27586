package org.trampoline.emulator.differential.cases;

import org.trampoline.emulator.memory.Host;

/**
 * A descriptor that an operating system keeps in its GDT and ring 3 can see, as LAR and LSL show
 * it. Its base, which they do not show, is taken to be 0.
 *
 * @param index into the GDT, less than {@link #ENTRIES}
 * @param rights what LAR gives
 * @param limit what LSL gives, in bytes
 */
public record GdtEntry(int index, int rights, int limit) {
  /** How many entries the GDT of {@link CaseWorld} has: Linux's number (its asm/segment.h). */
  public static final int ENTRIES = 16;

  /**
   * Where Linux keeps the number of the processor, and of its node, as the limit: GDT_ENTRY_CPUNODE
   * (arch/x86/include/asm/segment.h), GDT_ENTRY_PER_CPU before.
   */
  public static final int CPU_NUMBER = 15;

  private static final int RIGHTS = 0x00f0_ff00;
  private static final int GRANULARITY = 0x0080_0000;

  /** Asks for an entry with LAR and LSL: adds a run for each to a batch. */
  public static void ask(CaseBatch batch, int index) {
    int selector = index << 3 | 3;
    CaseBuilder.add(batch, 0x0f, 0x02, 0xc3).set(CaseRecord.EBX, selector); // lar eax, ebx
    CaseBuilder.add(batch, 0x0f, 0x03, 0xc3).set(CaseRecord.EBX, selector); // lsl eax, ebx
  }

  /**
   * The answer.
   *
   * @param first index of the case by which LAR asks
   * @return null if ring 3 sees no descriptor there
   */
  public static GdtEntry answer(CaseResults results, int first, int index) {
    int rights = Host.get32(results.record(first) + CaseRecord.EAX) & RIGHTS;
    int limit = Host.get32(results.record(first + 1) + CaseRecord.EAX);
    // LAR has left eax 0 if it does not see it: descriptors that it sees have DPL 3
    return rights == 0 ? null : new GdtEntry(index, rights, index == CPU_NUMBER ? 0 : limit);
  }

  /** The descriptor's lower doubleword (SDM vol. 3, figure 3-8). */
  int low() {
    return units() & 0xffff;
  }

  /** The descriptor's upper doubleword. */
  int high() {
    return rights & RIGHTS | units() & 0xf_0000;
  }

  private int units() {
    return (rights & GRANULARITY) != 0 ? limit >>> 12 : limit;
  }
}
