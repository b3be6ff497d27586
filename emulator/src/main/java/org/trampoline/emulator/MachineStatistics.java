package org.trampoline.emulator;

import org.trampoline.emulator.memory.MmuStatistics;
import org.trampoline.emulator.memory.TlbStatistics;
import org.trampoline.emulator.translate.TranslatorStatistics;

/**
 * What a machine has done since it was made, beyond what the guest can see.
 *
 * @param instructions instructions completed
 * @param translator null where the interpreter runs alone
 * @param whyNoTranslator why it does, for people
 * @param memory what the MMU has done
 * @param tlb what the visible TLB has counted; null without one
 */
public record MachineStatistics(
    long instructions,
    TranslatorStatistics translator,
    String whyNoTranslator,
    MmuStatistics memory,
    TlbStatistics tlb) {

  /** A table for people, of several lines. */
  public String describe() {
    StringBuilder text = new StringBuilder();
    if (translator == null) {
      text.append("interpreter, because %s%n".formatted(whyNoTranslator));
    } else {
      text.append("translator%n%s".formatted(translator.describe(instructions)));
    }
    text.append("memory%n".formatted());
    line(text, "accesses beyond the maps", memory.walks());
    line(text, "CR3 loads", memory.cr3Loads());
    line(text, "changes of address space", memory.switches());
    line(text, "slots in use", memory.slots());
    line(text, "slots recycled", memory.recycled());
    line(text, "invlpg", memory.invlpgs());
    line(text, "stores to page tables", memory.tableStores());
    line(text, "tables found to be data", memory.demotions());
    if (tlb != null) {
      text.append("visible TLB%n".formatted());
      line(text, "instruction references", tlb.instructionReferences());
      line(text, "instruction hits", tlb.instructionHits());
      line(text, "data references", tlb.dataReferences());
      line(text, "data hits", tlb.dataHits());
      line(text, "second-level hits", tlb.secondHits());
      line(text, "page walks", tlb.walks());
      line(text, "flushes", tlb.flushes() + tlb.fullFlushes());
      line(text, "invlpg", tlb.invlpgs());
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String name, long value) {
    text.append("  %-30s %14d%n".formatted(name, value));
  }
}
