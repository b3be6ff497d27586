package org.trampoline.bench.pauses;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.trampoline.bench.EngineKind;
import org.trampoline.bench.JvmCommand;
import org.trampoline.kernel.cli.BenchmarkSuite.LongRun;

/**
 * {@code bench pauses}: how long the JVM waits until the thread that executes a guest has stopped
 * for a collection of garbage, under each collector, beside a loop in Java that it can stop at any
 * time. What the collection itself takes is not in it.
 */
public final class Pauses {
  /** What the JVM's log says of a safepoint, in nanoseconds. */
  private static final Pattern REACHING = Pattern.compile("Reaching safepoint: *([0-9]+) ns");

  private static final List<String> COLLECTORS = List.of("Serial", "G1", "Z");

  private final PrintWriter out;
  private final PrintWriter progress;
  private final List<String> arguments = new ArrayList<>();

  /**
   * @param quick a tenth of a second of each guest instead of a second
   */
  public Pauses(LongRun request, boolean quick, PrintWriter out, PrintWriter progress) {
    this.out = out;
    this.progress = progress;
    arguments.add(quick ? "100" : "1000");
    if (request.linux() != null) {
      arguments.add(request.linux().toString());
      if (request.initrd() != null) {
        arguments.add(request.initrd().toString());
      }
    }
  }

  /** Measures and prints; returns the exit status: 0, or 1 if a process failed. */
  public int run() {
    for (String collector : COLLECTORS) {
      for (EngineKind engine : EngineKind.present()) {
        if (engine.isOurs()) {
          progress.println("bench: " + collector + " " + engine.title());
          try {
            print(collector, engine, measure(collector, engine));
          } catch (IOException | InterruptedException e) {
            progress.println("bench pauses: " + e.getMessage());
            return 1;
          }
        }
      }
    }
    return 0;
  }

  private Map<String, List<Long>> measure(String collector, EngineKind engine)
      throws IOException, InterruptedException {
    List<String> command =
        JvmCommand.of(
            option -> !option.matches("-XX:[+-]Use.*GC|-XX:AOT.*|-Xlog.*"),
            List.of("-XX:+Use" + collector + "GC", "-Xlog:safepoint"),
            CollectedRun.class);
    command.add(engine.name());
    command.addAll(arguments);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    Map<String, List<Long>> nanos = new LinkedHashMap<>();
    String phase = "starting";
    String last = "";
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Matcher reaching = REACHING.matcher(line);
        if (line.startsWith(CollectedRun.PHASE)) {
          phase = line.substring(CollectedRun.PHASE.length());
        } else if (reaching.find()) {
          nanos
              .computeIfAbsent(phase, p -> new ArrayList<>())
              .add(Long.parseLong(reaching.group(1)));
        } else {
          last = line;
        }
      }
    }
    if (process.waitFor() != 0) {
      throw new IOException("a process failed: " + last);
    }
    return nanos;
  }

  private void print(String collector, EngineKind engine, Map<String, List<Long>> nanos) {
    List<Long> all = new ArrayList<>();
    List<Long> control = nanos.remove(CollectedRun.CONTROL);
    out.printf(
        "%n%s collector, %s%n%-26s %8s %10s %10s %10s%n",
        collector, engine.title(), "ms until stopped", "stops", "median", "99 %", "longest");
    nanos.forEach(
        (phase, values) -> {
          row(phase, values);
          all.addAll(values);
        });
    row("all of these", all);
    row(CollectedRun.CONTROL, control);
    out.flush();
  }

  private void row(String name, List<Long> nanos) {
    List<Long> sorted = nanos.stream().sorted().toList();
    int n = sorted.size();
    out.printf(
        "%-26s %8d %10.3f %10.3f %10.3f%n",
        name,
        n,
        sorted.get(n / 2) / 1e6,
        sorted.get(Math.min(n - 1, n * 99 / 100)) / 1e6,
        sorted.getLast() / 1e6);
  }
}
