package org.trampoline.emulator.translate.trap;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;

/** For tests that compare the engines: a machine of each, with 1 MB of RAM. */
abstract class BothEngines {
  Machine interpreter;
  Machine translator;

  @BeforeEach
  void open() {
    interpreter = Machine.builder().memory(1 << 20).engine(ExecutionEngine.INTERPRETER).build();
    translator =
        Machine.builder()
            .memory(1 << 20)
            .engine(ExecutionEngine.TRANSLATOR)
            .checkedAddresses(true)
            .build();
    assumeTrue(translator.translatorStatistics() != null, translator.whyNoTranslator());
  }

  @AfterEach
  void close() {
    interpreter.close();
    translator.close();
  }
}
