package org.trampoline.emulator.differential.campaign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.differential.cases.CaseDivergence;
import org.trampoline.emulator.differential.cases.CaseShrinker;
import org.trampoline.emulator.differential.cases.MachineOracle;
import org.trampoline.emulator.differential.cases.Oracle;
import org.trampoline.emulator.differential.cases.StateField;
import org.trampoline.emulator.differential.cases.StateRow;

/** Campaigns against an oracle that is known to be wrong. */
class CampaignTest {
  private static final Plan SHORT =
      new Plan(
          5,
          20_000,
          Plan.select(
              Set.of(), List.of("add al, imm8", "add r/m8, r8", "adc r/m32, r32", "sub al, imm8")));

  @TempDir private Path folder;

  private static Tally run(Plan plan, Tally tally, int steps, Checkpoint checkpoint)
      throws IOException {
    try (Oracle ours = new MachineOracle();
        Oracle theirs = new WrongOracle();
        Campaign campaign = new Campaign(plan, ours, theirs, tally)) {
      for (int i = 0; i < steps && campaign.step(); i++) {
        if (checkpoint != null) {
          checkpoint.save(campaign.whole());
        }
      }
      return campaign.tally();
    }
  }

  @Test
  void findsAndShrinksWhatIsWrong() throws IOException {
    Tally tally = run(SHORT, new Tally(), Integer.MAX_VALUE, null);
    assertTrue(tally.cases() >= SHORT.cases());
    assertEquals(1, tally.findings().size());
    Finding finding = tally.findings().iterator().next();
    CaseDivergence d = finding.example();
    assertEquals("add al, imm8", d.form().notation());
    assertEquals(EnumSet.of(StateField.FLAGS), d.fields());
    assertTrue(finding.count() > 1, "there are several of it");
    assertTrue(
        StateRow.of(d).stream().anyMatch(row -> row.differs() && row.name().equals("eflags")));
    // what does not matter has gone
    long zeros = StateRow.of(d).stream().filter(row -> row.before().equals("00000000")).count();
    assertTrue(zeros >= 6, d.toString());
  }

  @Test
  void goesOnAsIfNothingHadHappened() throws IOException {
    Tally straight = run(SHORT, new Tally(), Integer.MAX_VALUE, null);
    Checkpoint checkpoint = new Checkpoint(folder, SHORT, "wrong", "a machine with a wrong AF");
    run(SHORT, checkpoint.load(), 7, checkpoint);
    assertTrue(Files.exists(checkpoint.file()));
    run(SHORT, checkpoint.load(), 5, checkpoint); // and is killed
    Tally resumed = run(SHORT, checkpoint.load(), Integer.MAX_VALUE, checkpoint);
    assertEquals(straight.cases(), resumed.cases());
    assertEquals(straight.casesOf(), resumed.casesOf());
    assertEquals(straight.divergencesOf(), resumed.divergencesOf());
    assertEquals(straight.faults(), resumed.faults());
    assertEquals(straight.errata(), resumed.errata());
  }

  @Test
  void refusesDamagedCheckpoints() throws IOException {
    Checkpoint checkpoint = new Checkpoint(folder, SHORT, "wrong", "x");
    run(SHORT, new Tally(), 40, checkpoint);
    List<String> lines = Files.readAllLines(checkpoint.file());
    Files.write(checkpoint.file(), lines.subList(0, lines.size() - 1));
    assertTrue(
        assertThrows(IOException.class, checkpoint::load).getMessage().contains("not a whole"));
    Files.write(checkpoint.file(), lines);
    Checkpoint other = new Checkpoint(folder, SHORT, "wrong", "y");
    assertTrue(assertThrows(IOException.class, other::load).getMessage().contains("begun on x"));
  }

  @Test
  void writesCasesThatReplay() throws IOException {
    Tally tally = run(SHORT, new Tally(), Integer.MAX_VALUE, null);
    CaseDivergence d = tally.findings().iterator().next().example();
    String file = CaseFile.write(d, "wrong", "a machine with a wrong AF");
    assertTrue(CaseFile.is(file));
    assertEquals("wrong", CaseFile.oracle(file));
    CaseDivergence read = CaseFile.read(file);
    assertEquals(d.toString(), read.toString());
    try (Oracle ours = new MachineOracle();
        Oracle theirs = new WrongOracle();
        CaseShrinker shrinker = new CaseShrinker(ours, theirs)) {
      CaseDivergence again = shrinker.replay(read);
      assertNotNull(again);
      assertEquals(d.toString(), again.toString());
    }
    try (Oracle ours = new MachineOracle();
        Oracle right = new MachineOracle();
        CaseShrinker shrinker = new CaseShrinker(ours, right)) {
      assertEquals(null, shrinker.replay(read));
    }
    String damaged = file.replace("#! fields ", "#! feelds ");
    assertThrows(IllegalArgumentException.class, () -> CaseFile.read(damaged));
  }

  /** A bug that needs two instructions, one after the other. */
  @Test
  void findsAndShrinksWhatIsWrongOnlyInCompany() throws IOException {
    List<String> forms = List.of("inc r32", "neg r/m32", "add r/m32, r32", "adc r/m32, r32");
    Plan plan = new Plan(5, 30_000, Plan.select(Set.of(), forms));
    try (Oracle ours = new MachineOracle();
        Oracle theirs = new WrongOracle();
        Campaign campaign = new Campaign(plan, ours, theirs, new Tally());
        CaseShrinker shrinker = new CaseShrinker(ours, theirs)) {
      while (campaign.tally().divergences() == 0 && campaign.step()) {}
      Tally tally = campaign.tally();
      assertTrue(tally.sequenceDivergences() > 0, "none found in " + tally.sequences());
      CaseDivergence d = tally.findings().iterator().next().example();
      assertEquals("inc; neg", d.mnemonics());
      assertEquals(EnumSet.of(StateField.FLAGS), d.fields());
      String file = CaseFile.write(d, theirs.name(), theirs.label());
      assertEquals(2, file.lines().filter(line -> line.contains(".byte")).count(), file);
      CaseDivergence again = shrinker.replay(CaseFile.read(file));
      assertNotNull(again);
      assertEquals(d.toString(), again.toString());
    }
  }

  @Test
  void selectsForms() {
    List<Form> all = Plan.select(Set.of(), List.of());
    assertTrue(all.size() > 1000 && all.size() < InstructionTable.get().forms().size());
    assertEquals(1, Plan.select(Set.of(), List.of("add r/m32, r32")).size());
    Exception e =
        assertThrows(
            IllegalArgumentException.class, () -> Plan.select(Set.of(), List.of("add eax")));
    assertTrue(e.getMessage().contains("'add r/m8, r8'"), e.getMessage());
    assertThrows(IllegalArgumentException.class, () -> FormGroup.named("music"));
    assertThrows(IllegalArgumentException.class, () -> new Plan(1, 0, all));
  }
}
