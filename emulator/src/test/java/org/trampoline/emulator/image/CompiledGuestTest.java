package org.trampoline.emulator.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.device.Pc;
import org.trampoline.emulator.oracle.Oracles;

/**
 * What a compiler makes of C programs gives the same output on our machine, without an operating
 * system, as natively on the host. Where {@code gcc -m32} is not to be had the tests are skipped.
 */
class CompiledGuestTest {
  private static final String[] SOURCES = {"start.c", "library.c"};
  private static final int EXIT_PORT = 0xf4;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "integer.c,  -O0 -march=i486",
    "integer.c,  -O2 -march=i686",
    "integer.c,  -O3 -march=pentium4 -msse2",
    "floating.c, -O0 -march=i486 -mfpmath=387",
    "floating.c, -O2 -march=i686 -mfpmath=387",
    "floating.c, -O2 -march=pentium4 -msse2 -mfpmath=sse",
    "floating.c, -O3 -march=pentium4 -msse2 -mfpmath=sse -ffast-math",
    "x87.c,      -O2 -march=i686 -mfpmath=387",
    "vectors.c,  -O2 -march=pentium4 -msse2 -mfpmath=sse",
  })
  void givesTheSameOutputAsNatively(String program, String options) throws Exception {
    Path guest = compile(program, options, List.of("-Wl,-Ttext=0x100000"));
    Path here = compile(program, options, List.of("-DNATIVE"));
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    int status = natively(here, expected);
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    try (Pc pc = new Pc(Machine.builder().memory(16 << 20))) {
      pc.onSerial(output::write);
      pc.exitPort(EXIT_PORT);
      new ElfImage(Files.readAllBytes(guest)).load(pc);
      StopReason reason = pc.run(500_000_000);
      assertEquals(
          expected.toString(StandardCharsets.UTF_8), output.toString(StandardCharsets.UTF_8));
      assertEquals(new StopReason.Exited(status), reason);
    }
    assertTrue(expected.size() > 1000, "it has written something");
  }

  private Path compile(String program, String options, List<String> more) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("gcc", "-m32", "-std=gnu11", "-Wall", "-Werror"));
    command.addAll(List.of(options.split(" ")));
    command.addAll(
        List.of("-ffreestanding", "-fno-pie", "-fno-stack-protector", "-fcf-protection=none"));
    command.addAll(List.of("-nostdlib", "-static", "-no-pie", "-Wl,--build-id=none"));
    command.addAll(more);
    Path result = folder.resolve(more.getFirst().equals("-DNATIVE") ? "native" : "guest");
    command.addAll(List.of("-o", result.toString()));
    resource("guest.h");
    for (String source : SOURCES) {
      command.add(resource(source).toString());
    }
    command.add(resource(program).toString());
    command.add("-lgcc");
    Process gcc;
    try {
      gcc = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException absent) {
      return missing("gcc is not installed");
    }
    String messages = new String(gcc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (gcc.waitFor() != 0) {
      boolean only64 = messages.contains("cannot find -lgcc") || messages.contains("sys/cdefs.h");
      return only64 ? missing("gcc cannot build 32-bit programs") : failed(messages);
    }
    return result;
  }

  private static Path failed(String messages) {
    throw new AssertionError(messages);
  }

  private static Path missing(String what) {
    Oracles.require(what);
    throw new AssertionError("not reached");
  }

  private Path resource(String name) throws IOException {
    Path file = folder.resolve(name);
    if (!Files.exists(file)) {
      try (InputStream in = CompiledGuestTest.class.getResourceAsStream("/guests/" + name)) {
        Files.copy(in, file);
      }
    }
    return file;
  }

  private static int natively(Path program, ByteArrayOutputStream output) throws Exception {
    Process process;
    try {
      process = new ProcessBuilder(program.toString()).start();
    } catch (IOException e) {
      missing("the host does not execute 32-bit programs");
      return -1;
    }
    process.getInputStream().transferTo(output);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    return process.exitValue();
  }
}
