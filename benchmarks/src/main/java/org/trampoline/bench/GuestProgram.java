package org.trampoline.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.trampoline.asm.AssembledCode;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Includes;
import org.trampoline.asm.Source;

/**
 * A benchmark's guest program, set up on a processor: the resource {@code paging.S}, which builds
 * two address spaces, and behind it the program's own.
 */
final class GuestProgram implements AutoCloseable {
  private static final int ORIGIN = 0x10_0000;
  private static final long MEMORY = 16 << 20;

  private final Processor processor;
  private final int loop;

  /**
   * @param name of the resource, without {@code .S}
   */
  GuestProgram(EngineKind engine, String name) {
    AssembledCode code =
        Assembler.assemble(
            List.of(source("paging.S"), source(name + ".S")), ORIGIN, Map.of(), Includes.NONE);
    loop = code.symbol("loop");
    processor = engine.open(MEMORY);
    processor.load(ORIGIN, code.bytes());
    processor.run(code.symbol("_start"), 0, 0);
  }

  private static Source source(String name) {
    try (InputStream in = GuestProgram.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the resource " + name + " is missing");
      }
      return new Source(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Runs the loop.
   *
   * @param iterations at least 1
   * @param pages touched between switches, for programs that do
   */
  int run(int iterations, int pages) {
    processor.run(loop, iterations, pages);
    return processor.result();
  }

  @Override
  public void close() {
    processor.close();
  }
}
