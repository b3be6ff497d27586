package org.trampoline.emulator.differential.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.decode.Attribute;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.oracle.Oracles;
import org.trampoline.emulator.oracle.host.HostOracle;

/**
 * Every form that ring 3 can execute does what the processor of this machine does: registers, flags
 * but the undefined ones, faults with error code and address, memory, x87 state. More cases: {@code
 * -Dtrampoline.host.rounds=N -Dtrampoline.host.seed=S}.
 */
class FormsAgainstHostTest {
  private static final int ROUNDS = Integer.getInteger("trampoline.host.rounds", 8);
  private static final long SEED = Long.getLong("trampoline.host.seed", 1);
  private static final int SHOWN = 2;

  private final List<String> report = new ArrayList<>();

  @Test
  void everyFormDoesWhatTheHostDoes() {
    Oracles.requireHost();
    try (Oracle machine = new MachineOracle();
        Oracle host = new HostOracle();
        CaseComparison comparison = new CaseComparison(machine, host);
        CaseBatch batch = new CaseBatch()) {
      CaseGenerator generator = new CaseGenerator(SEED);
      for (CaseBatch.Mode mode : CaseBatch.Mode.values()) {
        for (boolean fx : new boolean[] {false, true}) {
          batches(comparison, batch, generator, host, mode, fx);
        }
      }
      System.out.printf(
          "%d cases on %s, %d ended in a fault, %d undecided; %d explained by errata%n",
          comparison.cases(),
          host.label(),
          comparison.faults(),
          comparison.undecided(),
          comparison.errata().counts().values().stream().mapToLong(Long::longValue).sum());
      assertTrue(comparison.faults() * 50 > comparison.cases(), "faults are a part of it");
      assertTrue(comparison.undecided() * 1000 < comparison.cases(), "most cases have a result");
    }
    assertEquals("", String.join("\n", report), "case; then ours, the host's");
  }

  private void batches(
      CaseComparison comparison,
      CaseBatch batch,
      CaseGenerator generator,
      Oracle host,
      CaseBatch.Mode mode,
      boolean fx) {
    TreeMap<Integer, Integer> shown = new TreeMap<>();
    batch.clear(mode, fx);
    for (Form form : InstructionTable.get().forms()) {
      if (!CaseGenerator.allows(form, mode)
          || CaseGenerator.needsFx(form) != fx
          || host.whyNot(form) != null
          || form.has(Attribute.MMX)
          || form.has(Attribute.SSE)) {
        continue;
      }
      for (int round = 0; round < ROUNDS; round++) {
        if (!generator.add(batch, form, round)) {
          comparison.run(batch, d -> show(shown, d));
          batch.clear(mode, fx);
          generator.add(batch, form, round);
        }
      }
    }
    comparison.run(batch, d -> show(shown, d));
  }

  private void show(Map<Integer, Integer> shown, CaseDivergence d) {
    if (shown.merge(d.form().id(), 1, Integer::sum) <= SHOWN) {
      report.add(d.toString());
    }
  }
}
