package org.trampoline.emulator.differential.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.oracle.Oracles;
import org.trampoline.emulator.oracle.UnicornOracle;
import org.trampoline.emulator.oracle.host.HostOracle;

/**
 * Every form that ring 3 can execute does on our machine what each oracle does: registers, flags
 * but the undefined ones, faults with error code and address, memory, x87 state. More cases: {@code
 * -Dtrampoline.cases.rounds=N -Dtrampoline.cases.seed=S}.
 */
class FormsAgainstOracleTest {
  private static final int ROUNDS = Integer.getInteger("trampoline.cases.rounds", 0);
  private static final long SEED = Long.getLong("trampoline.cases.seed", 1);
  private static final int SHOWN = 2;

  private final List<String> report = new ArrayList<>();

  @Test
  void hostCpu() {
    Oracles.requireHost();
    compare(new HostOracle(), 8);
  }

  @Test
  void unicorn() {
    Oracles.requireUnicorn();
    compare(new UnicornOracle(), 1);
  }

  /** The machine, its states put in by instructions: shows that the chain itself is right. */
  @Test
  void ourselvesAsAnEngine() {
    Machine machine =
        Machine.builder()
            .memory(EngineWorld.MEMORY)
            .cpu(CpuModel.MAX)
            .engine(ExecutionEngine.INTERPRETER)
            .build();
    compare(new EngineOracle(machine, "our machine as an engine"), 2);
  }

  private void compare(Oracle oracle, int rounds) {
    try (oracle;
        Oracle machine = new MachineOracle();
        CaseComparison comparison = new CaseComparison(machine, oracle);
        CaseBatch batch = new CaseBatch()) {
      CaseGenerator generator = new CaseGenerator(SEED);
      Map<Form, Integer> shown = new HashMap<>();
      for (CaseBatch.Mode mode : CaseBatch.Mode.values()) {
        if (oracle.whyNot(mode) == null) {
          for (boolean fx : new boolean[] {false, true}) {
            batch.clear(mode, fx);
            batches(comparison, batch, generator, oracle, ROUNDS == 0 ? rounds : ROUNDS, shown);
          }
        }
      }
      System.out.printf(
          "%d cases on %s, %d ended in a fault, %d undecided; %d explained by errata%n",
          comparison.cases(),
          oracle.label(),
          comparison.faults(),
          comparison.undecided(),
          comparison.errata().counts().values().stream().mapToLong(Long::longValue).sum());
      assertTrue(comparison.faults() * 50 > comparison.cases(), "faults are a part of it");
      assertTrue(comparison.undecided() * 1000 < comparison.cases(), "most cases have a result");
    }
    assertEquals("", String.join("\n", report), "case; then ours, the oracle's");
  }

  private void batches(
      CaseComparison comparison,
      CaseBatch batch,
      CaseGenerator generator,
      Oracle oracle,
      int rounds,
      Map<Form, Integer> shown) {
    for (Form form : InstructionTable.get().forms()) {
      if (!CaseGenerator.allows(form, batch.mode())
          || CaseGenerator.needsFx(form) != batch.fx()
          || oracle.whyNot(form, batch.mode()) != null) {
        continue;
      }
      for (int round = 0; round < rounds; round++) {
        if (!generator.add(batch, form, round)) {
          comparison.run(batch, d -> show(shown, d));
          batch.clear(batch.mode(), batch.fx());
          generator.add(batch, form, round);
        }
      }
    }
    comparison.run(batch, d -> show(shown, d));
  }

  private void show(Map<Form, Integer> shown, CaseDivergence d) {
    if (shown.merge(d.form(), 1, Integer::sum) <= SHOWN) {
      report.add(d.toString());
    }
  }
}
