package org.trampoline.bench.soak;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.trampoline.bench.EngineKind;
import org.trampoline.bench.JvmCommand;
import org.trampoline.emulator.image.BadImage;
import org.trampoline.emulator.translate.TranslatorStatistics;
import org.trampoline.kernel.cli.BadInput;
import org.trampoline.kernel.cli.BenchmarkSuite.LongRun;

/**
 * {@code bench soak}: guests in turn under the translator for a given time, each on a machine that
 * lives all the while; after each turn of all, one more on a machine that is made for it and closed
 * again. Fails if the process grows once it is warm, or if a guest goes wrong.
 */
public final class Soak {
  private static final Duration USUAL = Duration.ofHours(1);
  private static final Duration QUICK = Duration.ofMinutes(1);
  private static final int SAMPLES = 360;
  private static final List<String> HEAP =
      List.of("-XX:+UseSerialGC", "-Xms2g", "-Xmx2g", "-XX:+AlwaysPreTouch");

  private final List<Supplier<Guest>> makers;
  private final PrintWriter progress;
  private final List<Guest> guests = new ArrayList<>();
  private final List<Sample> samples = new ArrayList<>();
  private int made;

  /**
   * @param makers of the guests that may be made again and again
   */
  Soak(List<Supplier<Guest>> makers, PrintWriter progress) {
    this.makers = makers;
    this.progress = progress;
  }

  /**
   * Runs all guests, in a JVM of its own whose heap lies in RAM as a whole from the start: what
   * else is resident is not the heap's then, and the heap's first use of a page is no growth.
   *
   * @return exit status: 0; 1 if something has grown or a guest went wrong
   * @throws BadInput if it cannot be done
   */
  public static int run(LongRun request, boolean quick, PrintWriter out, PrintWriter progress) {
    String absence = EngineKind.TRANSLATOR.absence();
    absence = absence == null ? Sample.absence() : absence;
    if (absence != null) {
      throw new BadInput("bench soak: " + absence);
    }
    Duration time = request.time() == null ? quick ? QUICK : USUAL : request.time();
    List<String> command =
        JvmCommand.of(
            option -> !option.matches("-XX:[+-]Use.*GC|-XX:AOT.*|-Xlog.*|-Xm.*"), HEAP, Soak.class);
    command.add(time.toString());
    if (request.linux() != null) {
      linux(request.linux(), request.initrd()).close(); // refuses what is no kernel
      command.add(request.linux().toString());
      if (request.initrd() != null) {
        command.add(request.initrd().toString());
      }
    }
    try {
      Process process = new ProcessBuilder(command).start();
      Thread messages = Thread.ofVirtual().start(() -> copy(process.errorReader(), progress));
      copy(process.inputReader(), out);
      messages.join();
      return process.waitFor();
    } catch (IOException e) {
      throw new BadInput("bench soak: cannot start another JVM: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  private static void copy(BufferedReader from, PrintWriter to) {
    from.lines()
        .forEach(
            line -> {
              to.println(line);
              to.flush();
            });
  }

  /** In the JVM of its own: the time, and perhaps the files of a kernel and an initrd. */
  public static void main(String[] arguments) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    Soak soak =
        new Soak(
            Guests.all(EngineKind.TRANSLATOR),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    if (arguments.length > 1) {
      Path initrd = arguments.length > 2 ? Path.of(arguments[2]) : null;
      soak.guests.add(linux(Path.of(arguments[1]), initrd));
    }
    System.exit(soak.run(Duration.parse(arguments[0]), out));
  }

  private static Guest linux(Path kernel, Path initrd) {
    try {
      return new LinuxGuest(
          EngineKind.TRANSLATOR,
          Files.readAllBytes(kernel),
          initrd == null ? new byte[0] : Files.readAllBytes(initrd));
    } catch (IOException | BadImage e) {
      throw new BadInput("bench soak: " + e.getMessage());
    }
  }

  /** Runs for a time, prints a report, and closes all. */
  int run(Duration time, PrintWriter out) {
    try {
      for (Supplier<Guest> maker : makers) {
        guests.add(maker.get());
      }
      takeTurns(time.toNanos());
      return new SoakReport(guests, samples).print(out) ? 0 : 1;
    } catch (GuestFailure e) {
      progress.println("bench soak: " + e.getMessage());
      return 1;
    } finally {
      guests.forEach(Guest::close);
    }
  }

  private void takeTurns(long nanos) {
    long begin = System.nanoTime();
    long between = nanos / SAMPLES;
    long next = 0;
    long now = 0;
    for (int turn = 0; now < nanos || samples.size() < Trend.LEAST; turn++) {
      guests.get(turn % guests.size()).advance();
      if (turn % guests.size() == guests.size() - 1) {
        try (Guest fresh = makers.get(made++ % makers.size()).get()) {
          fresh.advance();
        }
      }
      now = System.nanoTime() - begin;
      if (now >= next) {
        next = now + between;
        sample(now);
      }
    }
  }

  private void sample(long nanos) {
    long code = 0;
    for (Guest guest : guests) {
      code += guest.statistics().map(TranslatorStatistics::codeBytes).orElse(0);
    }
    samples.add(Sample.take(nanos / 1e9, code));
    progress.println("soak: " + samples.getLast().describe());
    progress.flush();
  }
}
