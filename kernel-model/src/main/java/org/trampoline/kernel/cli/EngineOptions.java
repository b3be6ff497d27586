package org.trampoline.kernel.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.engine.Engine;
import picocli.CommandLine.Option;

/** Which engine executes, and what is to be seen of its work. */
final class EngineOptions {
  @Option(
      names = "--engine",
      paramLabel = "NAME",
      description =
          "${COMPLETION-CANDIDATES} (default: translator where the host allows it, else"
              + " interpreter)")
  private EngineName named;

  @Option(
      names = "--stats",
      description = "at the end, print what the engine has done (to standard error with --json)")
  private boolean statistics;

  @Option(
      names = "--dump-code",
      paramLabel = "DIR",
      description =
          "write the translated blocks to DIR, guest and host code side by side, a file for each"
              + " page; DIR is made, or empty")
  private Path dump;

  EngineOptions() {}

  private EngineName engine() {
    return named == null ? EngineName.translator : named;
  }

  boolean unicorn() {
    return named == EngineName.unicorn;
  }

  /** An engine in the reset state with {@code memory} bytes of RAM. */
  Engine open(long memory) {
    return prepared(engine().open(memory));
  }

  /** The same with a processor of the user's choice. */
  Engine open(long memory, ProcessorOptions processor) {
    if (processor.first() == null) {
      return open(memory);
    }
    if (unicorn()) {
      throw new BadInput(processor.first() + ": expected an engine of our own, not unicorn");
    }
    Machine.Builder builder = Machine.builder().memory(memory);
    configure(builder);
    processor.configure(builder);
    return prepared(builder.build());
  }

  /** The same with a PC's timer and interrupt controllers. */
  Engine openBoard(long memory, int processors, long seed) {
    return prepared(engine().openBoard(memory, processors, seed));
  }

  /** Makes a machine of one's own the engine that was asked for, before it is built. */
  void configure(Machine.Builder builder) {
    builder.engine(engine().ours());
  }

  /** What is to be seen is seen from now on. */
  <E extends Engine> E prepared(E opened) {
    if (!(opened instanceof Machine machine)) {
      if (statistics || dump != null) {
        throw new BadInput(
            (statistics ? "--stats" : "--dump-code")
                + ": expected an engine of our own, and this is "
                + opened.name());
      }
      return opened;
    }
    if (named == EngineName.translator && machine.translatorStatistics() == null) {
      System.err.println(
          "trampoline: the interpreter runs, for there is no translator here: "
              + machine.whyNoTranslator());
    }
    if (statistics) {
      machine.statistics();
    }
    if (dump != null) {
      prepareDump();
      machine.dumpTranslatedCode(dump);
    }
    return opened;
  }

  private void prepareDump() {
    try {
      Files.createDirectories(dump);
      try (Stream<Path> files = Files.list(dump)) {
        if (files.findAny().isPresent()) {
          throw new BadInput("--dump-code " + dump + ": expected an empty directory");
        }
      }
    } catch (IOException e) {
      throw new BadInput("--dump-code " + dump + ": cannot be written to: " + e.getMessage());
    }
  }

  /**
   * Prints the statistics if they were asked for.
   *
   * @param json standard output is taken by JSON
   */
  void finish(Engine used, boolean json, PrintWriter out) {
    if (statistics && used instanceof Machine machine) {
      String text = machine.statistics().describe();
      if (json) {
        System.err.print(text);
      } else {
        out.print(text);
        out.flush();
      }
    }
  }
}
