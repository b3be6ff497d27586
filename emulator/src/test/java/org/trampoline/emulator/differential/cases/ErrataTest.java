package org.trampoline.emulator.differential.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.trampoline.emulator.memory.Host;

/** What the list of errata says. */
class ErrataTest {
  /** A mistake that the oracle makes, too, is found where the list says what must happen. */
  @Test
  void whatMustHappenIsLookedAt() {
    Erratum reserved =
        Erratum.list().stream()
            .filter(erratum -> erratum.when() == Erratum.When.RESERVED_CR4)
            .findFirst()
            .orElseThrow();
    try (MachineOracle machine = new MachineOracle();
        CaseBatch batch = new CaseBatch();
        CaseResults results = new CaseResults()) {
      batch.clear(CaseBatch.Mode.SYSTEM, false);
      CaseBuilder.add(batch, 0x0f, 0x22, 0xe0).set(CaseRecord.EAX, 1 << 21); // mov cr4, eax
      SystemRecord.start(batch.record(0));
      Host.put16(batch.record(0) + CaseRecord.CS, 0x10);
      Host.put16(batch.record(0) + CaseRecord.SS, 0x18);
      Host.put32(batch.record(0) + CaseRecord.ESP, CaseWorld.DATA + 0x1000);
      results.fit(batch);
      machine.run(batch, results);
      CaseRun run = batch.run(0);
      assertEquals(13, CaseRecord.vector(results.record(0)));
      assertEquals(false, reserved.isBroken(run.insn, batch.record(0), results.record(0)));
      CaseRecord.completed(results.record(0));
      assertTrue(reserved.isBroken(run.insn, batch.record(0), results.record(0)));
    }
  }

  @Test
  void anUnknownExceptionIsAnError() {
    assertThrows(
        IllegalArgumentException.class, () -> Erratum.parse("a ; b ; c ; fault = #XX ; eip ; d"));
  }
}
