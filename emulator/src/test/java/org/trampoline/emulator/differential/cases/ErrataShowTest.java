package org.trampoline.emulator.differential.cases;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.device.Ports;
import org.trampoline.emulator.differential.Comparison;
import org.trampoline.emulator.differential.Lockstep;
import org.trampoline.emulator.differential.cases.Erratum.When;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.GuestWorld;
import org.trampoline.emulator.engine.TestEngine;
import org.trampoline.emulator.oracle.Oracles;
import org.trampoline.emulator.oracle.host.HostOracle;

/**
 * Lines of {@code errata.txt} that have become stale are found. Of those about the host CPU:
 * without one, but with all others, cases differ, the first of which ends the search. Of those that
 * show in whole programs only: Unicorn's run of one.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ErrataShowTest {
  private static final long SEED = Long.getLong("trampoline.cases.seed", 1);

  /** Runs of cases of all forms that a line is about, at most. */
  private static final int MOST_RUNS = 40_000;

  /** Runs of cases in a batch: in small ones a case that differs is soon alone. */
  private static final int TOGETHER = 8;

  /** What shows only in whole programs, and a program in which it does: see {@link GuestWorld}. */
  private static final Map<When, String> PROGRAMS =
      Map.of(
          When.SEGMENT_UNCHECKED,
          """
          31 c0 # 1100 xorl %eax,%eax
          8e e0 # 1102 movl %eax,%fs
          64 8b 0d 00 60 00 00 # 1104 movl %fs:0x6000,%ecx
          f4 # hlt\
          """,
          When.UNDEFINED_READ,
          "ff 3d 00 00 00 f0 # 1100 FF /7 at an absent page\nf4 # hlt");

  private static final Map<When, String> NOT_SEARCHED =
      Map.of(
          When.CPU_NUMBER, "shows only on a processor whose number is not 0",
          When.WRAP_16, "hardly any of the cases ends at the end of 16-bit addresses");

  private Oracle machine;
  private Oracle host;

  static Stream<Erratum> ofHost() {
    return Erratum.list().stream().filter(e -> e.oracle().equals("host"));
  }

  static Stream<Erratum> ofPrograms() {
    return Erratum.list().stream().filter(e -> PROGRAMS.containsKey(e.when()));
  }

  @ParameterizedTest
  @MethodSource("ofPrograms")
  void unicorn(Erratum erratum) {
    Oracles.requireUnicorn();
    assertTrue(showsIn(PROGRAMS.get(erratum.when()), erratum), stale(erratum));
  }

  @ParameterizedTest
  @MethodSource("ofHost")
  void hostCpu(Erratum erratum) {
    Oracles.requireHost();
    if (host == null) {
      host = new HostOracle();
      machine = new MachineOracle();
    }
    if (!erratum.concerns(host.name(), host.label())) {
      Oracles.skip("of " + erratum.label() + ", and this is " + host.label());
    }
    String reason = NOT_SEARCHED.get(erratum.when());
    if (reason != null) {
      Oracles.skip(erratum.when() + ": " + reason);
    }
    assertTrue(shows(erratum, host), stale(erratum));
  }

  private static String stale(Erratum erratum) {
    return "does not show: " + erratum.forms() + " ; " + erratum.when() + " ; " + erratum.proof();
  }

  @AfterAll
  void close() {
    if (host != null) {
      host.close();
      machine.close();
    }
  }

  private boolean shows(Erratum erratum, Oracle oracle) {
    List<Erratum> others =
        Erratum.list().stream()
            .filter(e -> e.concerns(oracle.name(), oracle.label()))
            .filter(e -> !e.toString().equals(erratum.toString()))
            .toList();
    try (CaseComparison comparison = new CaseComparison(machine, oracle, new ErrataList(others));
        CaseBatch batch = new CaseBatch()) {
      return showsInCases(erratum, oracle, comparison, batch);
    }
  }

  private static boolean showsInCases(
      Erratum erratum, Oracle oracle, CaseComparison comparison, CaseBatch batch) {
    for (boolean fx : new boolean[] {false, true}) {
      List<Form> forms =
          InstructionTable.get().forms().stream()
              .filter(f -> erratum.concerns(f) && CaseGenerator.needsFx(f) == fx)
              .toList();
      CaseGenerator generator = new CaseGenerator(SEED);
      for (int run = 0; run < (forms.isEmpty() ? 0 : MOST_RUNS); run += TOGETHER) {
        for (CaseBatch.Mode mode : CaseBatch.Mode.values()) {
          batch.clear(mode, fx);
          for (int i = run; i < run + TOGETHER; i++) {
            Form form = forms.get(i % forms.size());
            if (CaseGenerator.allows(form, mode) && oracle.whyNot(form, mode) == null) {
              generator.add(batch, form, i / forms.size());
            }
          }
          if (batch.cases() > 0 && differs(comparison, batch)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /** Whether any case does; the rest of the batch is not looked at. */
  private static boolean differs(CaseComparison comparison, CaseBatch batch) {
    try {
      comparison.run(
          batch,
          _ -> {
            throw new Found();
          });
      return false;
    } catch (Found _) {
      return true;
    }
  }

  private static final class Found extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static boolean showsIn(String program, Erratum erratum) {
    try (Engine machine = TestEngine.INTERPRETER.open(Ports.NONE);
        Engine unicorn = TestEngine.UNICORN.open(Ports.NONE)) {
      GuestWorld.with(machine, program);
      GuestWorld.with(unicorn, program);
      Comparison result = new Lockstep(machine, unicorn).run(1000);
      return switch (result) {
        case Comparison.Equal equal ->
            equal.errata().keySet().stream().anyMatch(e -> e.when() == erratum.when());
        case Comparison.Different different ->
            different.divergence().erratum().filter(e -> e.when() == erratum.when()).isPresent();
      };
    }
  }
}
