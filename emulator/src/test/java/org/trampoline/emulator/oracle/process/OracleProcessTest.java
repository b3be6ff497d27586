package org.trampoline.emulator.oracle.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.decode.Operation;
import org.trampoline.emulator.differential.campaign.Campaign;
import org.trampoline.emulator.differential.campaign.CaseFile;
import org.trampoline.emulator.differential.campaign.Plan;
import org.trampoline.emulator.differential.campaign.Tally;
import org.trampoline.emulator.differential.cases.CaseBatch;
import org.trampoline.emulator.differential.cases.CaseBuilder;
import org.trampoline.emulator.differential.cases.CaseComparison;
import org.trampoline.emulator.differential.cases.CaseDivergence;
import org.trampoline.emulator.differential.cases.CaseRecord;
import org.trampoline.emulator.differential.cases.CaseResults;
import org.trampoline.emulator.differential.cases.MachineOracle;
import org.trampoline.emulator.differential.cases.Oracle;
import org.trampoline.emulator.differential.cases.StateField;
import org.trampoline.emulator.oracle.OracleUnavailableException;
import org.trampoline.emulator.oracle.Oracles;
import org.trampoline.emulator.oracle.UnicornOracle;

/** What becomes of a campaign when an oracle's process crashes, hangs or cannot even begin. */
class OracleProcessTest {
  private static final int[] NOP = {0x90};
  private static final int[] AAM = {0xd4, 10};
  private static final int[] AAD = {0xd5, 10};

  private static List<CaseDivergence> compare(OracleProcess process, int[]... codes) {
    List<CaseDivergence> found = new ArrayList<>();
    try (Oracle ours = new MachineOracle();
        CaseBatch batch = new CaseBatch();
        CaseComparison comparison = new CaseComparison(ours, process)) {
      for (int[] code : codes) {
        CaseBuilder.add(batch, code).set(CaseRecord.EDX, 1);
      }
      comparison.run(batch, found::add);
    }
    return found;
  }

  @Test
  void crashIsTheResultOfTheCaseThatCausedIt() {
    try (OracleProcess process = new OracleProcess(FragileOracle.class)) {
      assertEquals("a machine that breaks down", process.label());
      List<CaseDivergence> found = compare(process, NOP, NOP, AAM, NOP, AAM, NOP);
      assertEquals(2, found.size());
      for (CaseDivergence d : found) {
        assertEquals(Operation.AAM, d.form().operation());
        assertEquals(EnumSet.of(StateField.ORACLE), d.fields());
        assertTrue(d.toString().contains("crashed or hung"), d.toString());
        String file = CaseFile.write(d, process.name(), process.label());
        assertEquals(d.toString(), CaseFile.read(file).toString());
      }
      assertTrue(process.restarts() >= 2);
      assertTrue(process.lastReason().contains("SIGSEGV"), process.lastReason());
      assertEquals(List.of(), compare(process, NOP, NOP), "it is there again");
    }
  }

  @Test
  void hangIsEnded() {
    try (OracleProcess process = new OracleProcess(FragileOracle.class, Duration.ofMillis(2500))) {
      List<CaseDivergence> found = compare(process, NOP, AAD, NOP);
      assertEquals(1, found.size());
      assertEquals(Operation.AAD, found.getFirst().form().operation());
      assertEquals(EnumSet.of(StateField.ORACLE), found.getFirst().fields());
    }
  }

  @Test
  void campaignGoesOn() {
    Plan plan = new Plan(3, 6_000, Plan.select(Set.of(), List.of("aam imm8", "cmc", "daa")));
    try (Oracle ours = new MachineOracle();
        OracleProcess process = new OracleProcess(FragileOracle.class);
        Campaign campaign = new Campaign(plan, ours, process, new Tally())) {
      assertEquals(2, campaign.judged(), "all but daa");
      while (campaign.step()) {}
      Tally tally = campaign.tally();
      assertEquals(1, tally.findings().size());
      assertTrue(tally.cases() >= 6_000, "the cases beside those that crash: " + tally.cases());
      assertTrue(tally.casesOf().get(form("cmc")) > 200);
    }
  }

  private static Form form(String notation) {
    return InstructionTable.get().forms().stream()
        .filter(f -> f.notation().equals(notation))
        .findFirst()
        .orElseThrow();
  }

  /** The same from the other process as from this one. */
  @Test
  void unicorn() {
    Oracles.requireUnicorn();
    try (OracleProcess process = new OracleProcess(UnicornOracle.class);
        Oracle here = new UnicornOracle();
        CaseBatch batch = new CaseBatch();
        CaseResults theirs = new CaseResults();
        CaseResults ours = new CaseResults()) {
      CaseBuilder.add(batch, 0x01, 0xd8).set(CaseRecord.EAX, -1).set(CaseRecord.EBX, 3);
      CaseBuilder.add(batch, AAM).set(CaseRecord.EAX, 77);
      for (CaseBatch.Mode mode : List.of(CaseBatch.Mode.CHAIN, CaseBatch.Mode.TRAP)) {
        ours.fit(batch);
        theirs.fit(batch);
        here.run(batch, ours);
        process.run(batch, theirs);
        for (int i = 0; i < batch.cases(); i++) {
          assertEquals(
              CaseRecord.register(ours.record(i), Cpu.EAX),
              CaseRecord.register(theirs.record(i), Cpu.EAX),
              mode.toString());
        }
        assertEquals(2, CaseRecord.register(theirs.record(0), Cpu.EAX));
        batch.clear(CaseBatch.Mode.TRAP, false);
        CaseBuilder.add(batch, 0x01, 0xd8).set(CaseRecord.EAX, -1).set(CaseRecord.EBX, 3);
      }
      assertEquals(0, process.restarts());
      for (Form form : InstructionTable.get().forms()) {
        assertEquals(here.whyNot(form), process.whyNot(form));
      }
      assertNull(process.whyNot(CaseBatch.Mode.CHAIN));
    }
  }

  /** An oracle that is not here. */
  static final class AbsentOracle implements Oracle {
    AbsentOracle() {
      throw new OracleUnavailableException("absent: on this planet");
    }

    @Override
    public String name() {
      return "absent";
    }

    @Override
    public String label() {
      return "absent";
    }

    @Override
    public String whyNot(Form form) {
      return null;
    }

    @Override
    public void run(CaseBatch batch, CaseResults results) {
      throw new IllegalStateException();
    }

    @Override
    public void close() {}
  }

  @Test
  void absence() {
    Exception e =
        assertThrows(
            OracleUnavailableException.class, () -> new OracleProcess(AbsentOracle.class).close());
    assertEquals("absent: on this planet", e.getMessage());
  }
}
