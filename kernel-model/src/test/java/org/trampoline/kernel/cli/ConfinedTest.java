package org.trampoline.kernel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.trampoline.emulator.Machine;

/** What a user sees where the host does not give what the machine would like to have. */
class ConfinedTest {
  /** mov ecx,1000; again: add eax,ecx; dec ecx; jnz again; hlt. */
  private static final byte[] LOOP = {
    (byte) 0xb9, (byte) 0xe8, 3, 0, 0, 1, (byte) 0xc8, 0x49, 0x75, (byte) 0xfb, (byte) 0xf4
  };

  @TempDir private Path folder;

  private int status;

  @BeforeEach
  void needTranslator() {
    try (Machine machine = Machine.builder().build()) {
      assumeTrue(machine.translatorStatistics() != null, machine.whyNoTranslator());
    }
  }

  /** What the command line prints for a loop. */
  private String run(String... way) throws IOException, InterruptedException {
    Path image = Files.write(folder.resolve("loop"), LOOP);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // the JVM's own needs are met before the confinement begins
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xms64m",
            "-Xmx64m",
            "-XX:InitialCodeCacheSize=16m",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            Confined.class.getName()));
    command.addAll(List.of(way));
    command.addAll(List.of("run", "--flat", image.toString(), "--load", "0x100000", "--stats"));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    status = process.waitFor();
    return output;
  }

  private void interpreted(String because, String output) {
    assertEquals(0, status, output);
    assertTrue(output.contains("eax 0007a314"), output);
    assertTrue(output.contains("halted after 3002 instructions"), output);
    assertTrue(output.contains("\ninterpreter, because " + because + "\n"), output);
  }

  @Test
  void withoutExecutableMemoryTheInterpreterRunsAndSaysWhy() throws Exception {
    interpreted("the host refuses executable memory", run("NO_EXECUTABLE_MEMORY"));
  }

  @Test
  void withoutRoomForCodeTheInterpreterRunsAndSaysWhy() throws Exception {
    interpreted("the host has no room for emitted code", run("ADDRESS_SPACE", "200"));
  }

  @Test
  void onAnotherArchitectureTheInterpreterRunsAndSaysWhy() throws Exception {
    interpreted(
        "it emits x86-64 code for Linux, and this is Linux on aarch64", run("OTHER_ARCHITECTURE"));
  }

  @Test
  void withoutFilesInMemoryThePagesAreBothAndThatIsSaid() throws Exception {
    String output = run("NO_MEMORY_FILES");
    assertEquals(0, status, output);
    assertTrue(output.contains("\ntranslator\n"), output);
    assertTrue(
        output.lines().anyMatch(line -> line.matches(" *writable and executable +yes")), output);
  }

  @Test
  void withoutRoomForTheMachineOneLineSaysSo() throws Exception {
    String output = run("ADDRESS_SPACE", "40");
    assertEquals(2, status, output);
    assertEquals("trampoline: the host has no room for another 64 MB of memory\n", output);
  }
}
