package org.trampoline.emulator.translate.world;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.translate.lockstep.ScenarioLockstep;

/**
 * Random worlds on translator and interpreter in lockstep. A campaign: {@code
 * -Dtrampoline.worlds=100000 -Dtrampoline.worlds.seed=7}, with {@code -Dtrampoline.show=true} for
 * what it has reached.
 */
class WorldTest {
  private static final int COUNT = Integer.getInteger("trampoline.worlds", 60);
  private static final long SEED = Long.getLong("trampoline.worlds.seed", 1);

  private final Map<String, Long> exits = new TreeMap<>();
  private final Map<String, Integer> stops = new TreeMap<>();
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
    long begun = System.nanoTime();
    for (int i = 0; i < COUNT; i++) {
      long seed = SEED + i;
      String difference = new ScenarioLockstep(new WorldScenario(seed), this::count).run();
      if (difference != null) {
        fail("%s\n-Dtrampoline.worlds=1 -Dtrampoline.worlds.seed=%d".formatted(difference, seed));
      }
    }
    if (Boolean.getBoolean("trampoline.show")) {
      long seconds = (System.nanoTime() - begun) / 1_000_000_000;
      System.out.printf("%d worlds, %d s, %d instructions%n", COUNT, seconds, all);
      System.out.printf("%d blocks, %d with side exits, %d loops%n", blocks, extended, loops);
      System.out.printf("%d in host code%nexits %s%nstops %s%n", translated, exits, stops);
    }
    assertTrue(translated > all / 4, translated + " of " + all + " instructions were translated");
  }

  private void count(Machine translator, List<StopReason> ends) {
    translated += translator.translatorStatistics().executed();
    all += translator.instructions();
    blocks += translator.translatorStatistics().blocks();
    extended += translator.translatorStatistics().extendedBlocks();
    loops += translator.translatorStatistics().loopBlocks();
    translator
        .translatorStatistics()
        .exitsByCause()
        .forEach((k, n) -> exits.merge(k, n, Long::sum));
    ends.forEach(end -> stops.merge(end.getClass().getSimpleName(), 1, Integer::sum));
  }
}
