package org.trampoline.emulator.translate.trap;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.translate.lockstep.ScenarioLockstep;

/**
 * Traps in lockstep on both engines, with everything that they go by being spoilt now and then: see
 * {@link TrapWorld}. A campaign: {@code -Dtrampoline.traps=20000 -Dtrampoline.traps.seed=7}.
 */
class TrapLockstepTest {
  private static final int COUNT = Integer.getInteger("trampoline.traps", 40);
  private static final long SEED = Long.getLong("trampoline.traps.seed", 1);

  private long translated;
  private long all;
  private long interrupts;

  @Test
  void translatorAndInterpreterTrapAlike() {
    try (Machine machine = Machine.builder().engine(ExecutionEngine.TRANSLATOR).build()) {
      assumeTrue(machine.translatorStatistics() != null, machine.whyNoTranslator());
    }
    for (int i = 0; i < COUNT; i++) {
      String difference =
          new ScenarioLockstep(new TrapScenario(SEED + i), (machine, stops) -> count(machine))
              .run();
      if (difference != null) {
        fail(difference);
      }
    }
    assertTrue(interrupts > COUNT, interrupts + " interrupts without the interpreter");
    assertTrue(translated > all / 4, translated + " of " + all + " instructions were translated");
  }

  private void count(Machine translator) {
    translated += translator.translatorStatistics().executed();
    all += translator.instructions();
    interrupts += translator.translatorStatistics().interrupts();
  }
}
