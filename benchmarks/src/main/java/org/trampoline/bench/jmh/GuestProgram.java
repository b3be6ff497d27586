package org.trampoline.bench.jmh;

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
import org.trampoline.bench.EngineKind;
import org.trampoline.bench.Processor;

/**
 * A suite's guest program, set up on a processor: the resource {@code paging.S}, which builds two
 * address spaces, and behind it the program's own. Each run of its loop adds the same to its
 * result, and must add what it adds on the interpreter.
 */
final class GuestProgram implements AutoCloseable {
  private static final int ORIGIN = 0x10_0000;
  private static final long MEMORY = 16 << 20;

  private final String name;
  private final int iterations;
  private final int argument;
  private final Processor processor;
  private final int loop;
  private final int difference;
  private int result;

  /**
   * @param name of the resource, without {@code .S}
   * @param setup a number that it is set up with
   * @param iterations of its loop in a run, at least 1 and even
   * @param argument what its loop gets besides
   */
  GuestProgram(EngineKind engine, String name, int setup, int iterations, int argument) {
    this(
        engine.open(MEMORY),
        name,
        setup,
        iterations,
        argument,
        new GuestProgram(
            EngineKind.INTERPRETER.open(MEMORY), name, setup, iterations, argument, null));
  }

  /**
   * @param reference whose results are right, and which is closed; null for the reference itself
   */
  GuestProgram(
      Processor processor,
      String name,
      int setup,
      int iterations,
      int argument,
      GuestProgram reference) {
    this.name = name;
    this.iterations = iterations;
    this.argument = argument;
    AssembledCode code =
        Assembler.assemble(
            List.of(source("paging.S"), source(name + ".S")), ORIGIN, Map.of(), Includes.NONE);
    loop = code.symbol("loop");
    this.processor = processor;
    processor.load(ORIGIN, code.bytes());
    processor.run(code.symbol("_start"), 0, setup);
    int first = loop();
    result = loop();
    if (reference == null) {
      difference = result - first;
    } else {
      difference = reference.difference;
      reference.close();
    }
    check(first, result);
  }

  static Source source(String name) {
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
   * @throws IllegalStateException if the engine's result is wrong
   */
  int run() {
    int before = result;
    result = loop();
    check(before, result);
    return result;
  }

  private int loop() {
    processor.run(loop, iterations, argument);
    return processor.result();
  }

  private void check(int before, int after) {
    if (after - before != difference) {
      throw new IllegalStateException(
          String.format(
              "%s: wrong result %08x after %08x, expected a difference of %08x",
              name, after, before, difference));
    }
  }

  /** What a run adds to the result. */
  int difference() {
    return difference;
  }

  @Override
  public void close() {
    processor.close();
  }
}
