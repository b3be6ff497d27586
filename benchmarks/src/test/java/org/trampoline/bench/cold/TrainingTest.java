package org.trampoline.bench.cold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.trampoline.bench.EngineKind;
import org.trampoline.bench.programs.TrainingProgram;

/** The program that the cache is trained with computes the same on every engine. */
class TrainingTest {
  @Test
  void enginesAgree() throws IOException {
    TrainingProgram program = new TrainingProgram();
    int expected = Training.execute(EngineKind.INTERPRETER, program, 3);
    assertNotEquals(expected, Training.execute(EngineKind.INTERPRETER, program, 4));
    for (EngineKind engine : List.of(EngineKind.TRANSLATOR, EngineKind.UNICORN)) {
      assumeTrue(engine.absence() == null, engine.absence());
      assertEquals(expected, Training.execute(engine, program, 3), engine.title());
    }
  }
}
