package org.trampoline.kernel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;

/** {@code --engine}, {@code --stats} and {@code --dump-code} as a user meets them. */
class EngineOptionsTest {
  private static final String LOOP = "movl $1000,%ecx\n1: addl %ecx,%eax\ndecl %ecx\njnz 1b\nhlt\n";

  @TempDir private Path folder;

  private String out;
  private String err;

  private int trampoline(String... args) {
    CommandResult result = CommandResult.of(args);
    out = result.out();
    err = result.error();
    return result.status();
  }

  private String loop() throws IOException {
    return Files.writeString(folder.resolve("loop.S"), LOOP).toString();
  }

  private static void needTranslator() {
    try (Machine machine = Machine.builder().engine(ExecutionEngine.TRANSLATOR).build()) {
      assumeTrue(machine.translatorStatistics() != null, machine.whyNoTranslator());
    }
  }

  @Test
  void theInterpreterSaysWhyItRuns() throws IOException {
    assertEquals(0, trampoline("run", "--engine", "interpreter", "--stats", loop()));
    assertTrue(out.contains("interpreter, because the interpreter was asked for"), out);
    assertTrue(out.contains("slots in use"), out);
  }

  @Test
  void theTranslatorSaysWhatItHasDone() throws IOException {
    needTranslator();
    assertEquals(0, trampoline("run", "--engine", "translator", "--stats", loop()));
    assertTrue(out.contains("left: hlt"), out);
    assertTrue(out.lines().anyMatch(l -> l.matches(" *instructions in host code +3001")), out);
  }

  @Test
  void translatedCodeIsWrittenToADirectory() throws IOException {
    needTranslator();
    Path code = folder.resolve("code");
    String[] args = {"run", "--engine", "translator", "--dump-code", code.toString(), loop()};
    assertEquals(0, trampoline(args));
    String listing = Files.readString(code.resolve("00100000.txt"));
    assertTrue(listing.contains("00100005  add    %ecx,%eax"), listing);
    assertTrue(listing.contains("add %ecx,%r8d"), listing);
    assertEquals(2, trampoline(args), "it is not empty any more");
    assertTrue(err.contains("expected an empty directory"), err);
  }
}
