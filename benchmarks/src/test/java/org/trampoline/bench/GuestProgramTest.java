package org.trampoline.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.abort;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.trampoline.emulator.oracle.Unicorn;

/** The benchmarks' programs run to their end, and alike on every engine that is measured. */
class GuestProgramTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"thread-switch", "process-switch", "tlb-hit", "tlb-miss", "invlpg", "cr3-flush"})
  void enginesAgree(String name) {
    int ours = result(EngineKind.INTERPRETER, name);
    String reason = Unicorn.unavailableReason();
    if (reason != null) {
      assertFalse(required(), reason);
      abort(reason);
    }
    assertEquals(result(EngineKind.UNICORN, name), ours);
  }

  private static boolean required() {
    return "required".equals(System.getProperty("trampoline.oracles"));
  }

  private static int result(EngineKind engine, String name) {
    try (GuestProgram program = new GuestProgram(engine, name)) {
      program.run(10, 16);
      return program.run(3, 16);
    }
  }
}
