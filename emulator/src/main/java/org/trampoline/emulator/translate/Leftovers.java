package org.trampoline.emulator.translate;

import java.util.function.BiConsumer;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.execute.Semantics;
import org.trampoline.emulator.execute.Strings;
import org.trampoline.emulator.fault.GuestFault;
import org.trampoline.emulator.fault.MachineStop;

/** Executes what a block leaves to the shared semantics, as the interpreter would. */
final class Leftovers {
  private Leftovers() {}

  /** Executes the one instruction of a block that has no template. */
  static void executeRest(Cpu c, TranslatedBlock block) {
    execute(c, block, block.rest, Semantics::execute);
  }

  /**
   * Executes an element of the repeated string instruction of a block, and all up to where it is
   * fetched again if the next fetch could tell, unless it is fetched for each element: it is if
   * something was pending before.
   */
  static void executeElement(Cpu c, TranslatedBlock block) {
    boolean single = c.eventsPending;
    long changes = c.mmu.mapChanges();
    execute(c, block, block.repeat, Strings::executeElement);
    boolean seen = block.dropped || c.mmu.mapChanges() != changes || c.eventsPending;
    if (seen && !single && c.repeating && !Strings.betweenBursts(c, block.repeat)) {
      execute(c, block, block.repeat, Strings::executeBurst);
    }
  }

  /** Executes the instruction at the start of a block, or a part of it. */
  private static void execute(
      Cpu c, TranslatedBlock block, Insn i, BiConsumer<Cpu, Insn> semantics) {
    c.eip = block.eip + i.length;
    c.repeating = false;
    try {
      semantics.accept(c, i);
    } catch (GuestFault | MachineStop unfinished) {
      c.eip = block.eip;
      throw unfinished;
    }
    if (!c.repeating) {
      c.instructions++;
    }
  }
}
