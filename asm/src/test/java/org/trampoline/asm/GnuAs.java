package org.trampoline.asm;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** GNU as and ld, the oracle of these tests. */
final class GnuAs {
  private GnuAs() {}

  /**
   * Skips the test, with the reason printed, where as or ld is missing or makes no 32-bit x86 code;
   * under {@code -Dtrampoline.oracles=required} fails it.
   */
  static void require() {
    String missing = missing();
    if (missing == null) {
      return;
    }
    if ("required".equals(System.getProperty("trampoline.oracles"))) {
      fail(missing);
    }
    System.out.println("skipped: " + missing);
    abort(missing);
  }

  private static String missing() {
    for (List<String> command : List.of(List.of("as", "--32", "--version"), List.of("ld", "-V"))) {
      try {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0
            || command.getFirst().equals("ld") && !output.contains("elf_i386")) {
          return command.getFirst() + " here makes no 32-bit x86 code";
        }
      } catch (IOException absent) {
        return "GNU " + command.getFirst() + " is not installed";
      } catch (InterruptedException stopped) {
        throw new IllegalStateException(stopped);
      }
    }
    return null;
  }

  /** The bytes of .text, linked to an address. */
  static byte[] assemble(Path directory, String source, int origin) throws Exception {
    Path text = Files.writeString(directory.resolve("program.s"), source);
    Path object = directory.resolve("program.o");
    Path binary = directory.resolve("program.bin");
    run("as", "--32", "-mx86-used-note=no", "-o", object.toString(), text.toString());
    run(
        "ld",
        "-m",
        "elf_i386",
        "--oformat",
        "binary",
        "-e",
        "0",
        "-Ttext=0x" + Integer.toHexString(origin),
        "-o",
        binary.toString(),
        object.toString());
    return Files.readAllBytes(binary);
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new AssertionError(String.join(" ", command) + ": " + output);
    }
  }
}
