package org.trampoline.emulator.translate.sequence;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.translate.lockstep.ScenarioLockstep;

/**
 * Random sequences on translator and interpreter in lockstep: paging with and without PAE, page
 * faults that are repaired and that are not, remapped pages, address spaces that share pages, code
 * that changes itself, interrupts, user mode, 16-bit and limited segments, single steps. A
 * campaign: {@code -Dtrampoline.sequences=100000 -Dtrampoline.sequences.seed=7}.
 */
class SequenceTest {
  private static final int COUNT = Integer.getInteger("trampoline.sequences", 25);
  private static final long SEED = Long.getLong("trampoline.sequences.seed", 1);

  private long translated;
  private long all;
  private long blocks;
  private long extended;
  private long loops;

  @Test
  void translatorAndInterpreterAgree() {
    try (Machine machine = Machine.builder().engine(ExecutionEngine.TRANSLATOR).build()) {
      assumeTrue(machine.translatorStatistics() != null, machine.whyNoTranslator());
    }
    for (int i = 0; i < COUNT; i++) {
      String difference =
          new ScenarioLockstep(new SequenceScenario(SEED + i), (machine, stops) -> count(machine))
              .run();
      if (difference != null) {
        fail(difference);
      }
    }
    if (Boolean.getBoolean("trampoline.show")) {
      System.out.printf("%d sequences, %d instructions, %d in host code%n", COUNT, all, translated);
      System.out.printf("%d blocks, %d with side exits, %d loops%n", blocks, extended, loops);
    }
    assertTrue(translated > all / 3, translated + " of " + all + " instructions were translated");
  }

  private void count(Machine translator) {
    translated += translator.translatorStatistics().executed();
    all += translator.instructions();
    blocks += translator.translatorStatistics().blocks();
    extended += translator.translatorStatistics().extendedBlocks();
    loops += translator.translatorStatistics().loopBlocks();
  }
}
