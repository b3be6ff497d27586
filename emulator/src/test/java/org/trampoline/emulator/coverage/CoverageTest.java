package org.trampoline.emulator.coverage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.decode.Attribute;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.differential.cases.CaseGenerator;
import org.trampoline.emulator.differential.coverage.Coverage;
import org.trampoline.emulator.differential.coverage.HandWritten;

/** No form without evidence. Runs after all other classes, whose work it looks at. */
@Order(Integer.MAX_VALUE)
class CoverageTest {
  private static final List<Attribute> OF_THE_SYSTEM =
      List.of(Attribute.CPL0, Attribute.IOPL, Attribute.IO, Attribute.PROTECTED);

  /** What ring 3 cannot see the whole of needs a test, also if oracles compare how it faults. */
  private static boolean needsTest(Form form) {
    return CaseGenerator.whyNotInRing3(form) != null || OF_THE_SYSTEM.stream().anyMatch(form::has);
  }

  @Test
  void everyFormHasEvidence() {
    List<String> without =
        InstructionTable.get().forms().stream()
            .filter(form -> needsTest(form) && HandWritten.get().of(form).isEmpty())
            .map(form -> form.encoding().text() + " | " + form.notation())
            .toList();
    assertEquals(List.of(), without);
  }

  @Test
  void everyTestOfTheListExecutesTheForm() {
    Set<String> ran = ExecutedForms.classes();
    assumeFalse(ran.isEmpty(), "no hand-written test has run before: run the whole module");
    List<String> wrong =
        HandWritten.get().entries().stream()
            .filter(e -> ran.contains(e.test()) && !ExecutedForms.has(e.test(), e.form()))
            .map(HandWritten.Entry::toString)
            .toList();
    assertEquals(List.of(), wrong);
  }

  @Test
  void withoutCampaignsTestsAreAllThereIs() {
    Coverage coverage = new Coverage(Map.of());
    assertEquals(InstructionTable.get().forms().size(), coverage.rows().size());
    for (Coverage.Row row : coverage.rows()) {
      assertEquals(row.tests().isEmpty(), row.missing());
      assertEquals(!row.tests().isEmpty(), row.handWrittenOnly());
    }
  }
}
