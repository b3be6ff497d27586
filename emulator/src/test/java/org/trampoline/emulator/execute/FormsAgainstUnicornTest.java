package org.trampoline.emulator.execute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.trampoline.emulator.decode.Attribute;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.oracle.Oracles;

/**
 * Every integer and system form of the instruction table, executed on our machine and on Unicorn
 * from equal states at CPL 0 in flat 32-bit protected mode with paging: general registers, eip,
 * eflags but what is undefined, selectors, control registers, memory and port accesses. A fault is
 * delivered through the IDT on both sides, so its vector shows in eip, its error code and frame in
 * memory, its address in CR2.
 *
 * <p>For more cases: {@code -Dtrampoline.forms.cases=N} (for each form) and {@code
 * -Dtrampoline.forms.seed=S}.
 */
class FormsAgainstUnicornTest {
  private static final int CASES = Integer.getInteger("trampoline.forms.cases", 24);
  private static final long SEED = Long.getLong("trampoline.forms.seed", 1);

  /** Tries until an erratum has to have shown itself. */
  private static final int ENOUGH = 20_000;

  /** Differences shown for a form. */
  private static final int SHOWN = 3;

  @BeforeEach
  void oracle() {
    Oracles.requireUnicorn();
  }

  /** Why a form is not compared here, or null if it is: a new form is compared unless named. */
  static String whyNot(Form form) {
    if (form.has(Attribute.X87) || form.has(Attribute.MMX) || form.has(Attribute.SSE)) {
      return "its registers are not among those compared here";
    }
    return switch (form.operation()) {
      case JMP_FAR, CALL_FAR, RET_FAR, IRET ->
          "whole programs in lockstep and system tests have it";
      case LGDT, LIDT, LLDT, LTR -> "would take away the tables that all later cases need";
      case LMSW, MOV_TO_DEBUG -> "would change the mode that all later cases run in";
      case MOV_FROM_DEBUG -> "Unicorn's reserved bits of DR6 and DR7 are not a processor's";
      case SYSENTER, SYSEXIT -> "needs MSRs, which Unicorn's interface cannot all set";
      case HLT -> "the engine contract tests it";
      case CPUID -> "our Unicorn engine answers it from our own tables";
      case RDTSC, RDPMC -> "reads time, of which each engine has its own";
      case RDMSR, WRMSR -> "the two have different MSRs";
      case INT1 -> "Unicorn does not know it (#UD); SDM vol. 2, INT1";
      default -> null;
    };
  }

  @Test
  void everyFormDoesWhatUnicornDoes() {
    List<String> report = new ArrayList<>();
    TreeMap<Integer, Integer> casesOfForms = new TreeMap<>();
    int total = 0;
    try (FormComparison comparison = new FormComparison(SEED)) {
      for (Form form : InstructionTable.get().forms()) {
        if (whyNot(form) != null) {
          continue;
        }
        int cases = 0;
        int shown = 0;
        // what was chosen may be another form's encoding
        for (int tries = 0; cases < CASES && tries < 20 * CASES; tries++) {
          List<String> differences = comparison.run(form);
          cases += differences == null ? 0 : 1;
          if (differences != null && !differences.isEmpty() && shown++ < SHOWN) {
            report.add(String.join("\n    ", differences));
          }
        }
        if (cases < CASES) {
          report.add("only " + cases + " cases of " + form.encoding().text() + " | " + form);
        }
        casesOfForms.merge(cases, 1, Integer::sum);
        total += cases;
      }
      assertNull(comparison.compareMemory());
      assertTrue(comparison.faults() * 100 > total, "faults are a part of what is compared");
      System.out.printf(
          "%d cases (forms by cases each: %s), %d ended in a fault, %d differ%n",
          total, casesOfForms, comparison.faults(), report.size());
    }
    assertEquals("", String.join("\n", report), "case; then ours, Unicorn's");
  }

  /** So that the list of errata stays true: each entry is still needed for the Unicorn we use. */
  @Test
  void everyErratumIsStillThere() {
    try (FormComparison comparison = new FormComparison(SEED)) {
      for (Erratum erratum : comparison.notMet()) {
        List<Form> forms =
            InstructionTable.get().forms().stream()
                .filter(form -> whyNot(form) == null && erratum.concerns(form))
                .toList();
        for (int i = 0; i < ENOUGH && comparison.notMet().contains(erratum); i++) {
          comparison.run(forms.get(i % forms.size()));
        }
      }
      assertEquals(List.of(), comparison.notMet());
    }
  }
}
