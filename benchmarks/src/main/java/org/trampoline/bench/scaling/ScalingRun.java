package org.trampoline.bench.scaling;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.trampoline.bench.EngineKind;
import org.trampoline.bench.Processor;
import org.trampoline.bench.peers.NativePeer;
import org.trampoline.bench.peers.Peer;
import org.trampoline.bench.peers.Peers;
import org.trampoline.bench.peers.ProcessorPeer;
import org.trampoline.bench.peers.QemuPeer;
import org.trampoline.bench.peers.Statistics;
import org.trampoline.bench.peers.Timing;
import org.trampoline.bench.programs.Frame;
import org.trampoline.kernel.cli.BadInput;

/** Runs programs of growing size on every engine that is here, in turns. */
public final class ScalingRun {
  private static final int KB = 1 << 10;
  private static final int MB = 1 << 20;

  /** Less code takes less time than the data it clears. */
  private static final int LEAST_FIRST = 16 * KB;

  private final List<Peer> peers;
  private final Timing timing;
  private final boolean quick;
  private final int turns;
  private final int divisor;
  private final PrintWriter out;
  private final PrintWriter progress;
  private boolean equal = true;

  /**
   * @param quick a look in about two minutes: fewer sizes, up to 64 MB, and fewer turns
   */
  public ScalingRun(boolean quick, Timing timing, PrintWriter out, PrintWriter progress) {
    this(quick, quick ? 3 : 5, 1, timing, out, progress);
  }

  /**
   * @param divisor of the rounds' lengths
   */
  ScalingRun(
      boolean quick, int turns, int divisor, Timing timing, PrintWriter out, PrintWriter progress) {
    this.timing = timing;
    this.quick = quick;
    this.turns = turns;
    this.divisor = divisor;
    this.out = out;
    this.progress = progress;
    peers = Peers.present(out, new QemuPeer(), new NativePeer());
  }

  /**
   * Measures, prints tables and draws plots.
   *
   * @param page where the plots go, or null
   * @return exit status: 1 if an engine had a wrong result
   * @throws BadInput if the page cannot be written
   */
  public int run(Path page) {
    List<Integer> code =
        quick
            ? List.of(KB, 32 * KB, MB)
            : List.of(KB, 4 * KB, 16 * KB, 64 * KB, 256 * KB, MB, 4 * MB, 10 * MB);
    List<Integer> sets =
        quick
            ? List.of(4 * KB, 512 * KB, 64 * MB)
            : List.of(4 * KB, 32 * KB, 256 * KB, 2 * MB, 16 * MB, 128 * MB, 1024 * MB);
    List<Integer> tasks =
        quick
            ? List.of(2, 100, 1000)
            : List.of(2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000);
    return run(code, sets, tasks, page);
  }

  int run(List<Integer> code, List<Integer> sets, List<Integer> tasks, Path page) {
    List<Chart> charts = new ArrayList<>();
    charts.add(
        warm(
            new Chart(
                "Code size",
                "Code without loops, run again and again: whether it stays in an engine's cache.",
                "ns per instruction",
                Chart.Axis.BYTES),
            code,
            Sized::code));
    charts.add(first(code));
    charts.add(
        warm(
            new Chart(
                "Working set",
                "Words read and written at random: the engine's translations of addresses, and"
                    + " below them the host's own caches.",
                "ns per access",
                Chart.Axis.BYTES),
            sets,
            Sized::workingSet));
    charts.add(
        warm(
            new Chart(
                "Processes",
                "A ring of processes, each with an address space of its own: a CR3 load and a page"
                    + " of its own per switch.",
                "ns per switch",
                Chart.Axis.TASKS),
            tasks,
            size -> Sized.tasks(size, true)));
    charts.add(
        warm(
            new Chart(
                "Kernel threads",
                "The same ring in one address space.",
                "ns per switch",
                Chart.Axis.TASKS),
            tasks,
            size -> Sized.tasks(size, false)));
    charts.forEach(chart -> new ChartTable(chart).print(out));
    out.println(
        (timing == Timing.PROCESSOR ? "processor time, " : "")
            + "medians of turns, the engines one after the other; all results compared");
    out.flush();
    if (page != null) {
      try {
        Files.writeString(page, new ScalingPage(charts).html());
      } catch (IOException e) {
        throw new BadInput("bench: cannot write " + page + ": " + e.getMessage());
      }
    }
    return equal ? 0 : 1;
  }

  private Chart warm(Chart chart, List<Integer> sizes, IntFunction<Sized> programs) {
    for (int size : sizes) {
      Sized program = programs.apply(size);
      say(program.title());
      int passes = Math.max(1, program.passes() / divisor);
      double operations =
          passes
              * (program.operations() == 0 ? instructions(program) : (double) program.operations());
      measure(program, passes)
          .forEach((engine, nanos) -> chart.add(size, engine, nanos / operations));
    }
    return chart;
  }

  private void say(String what) {
    progress.println("bench: " + what);
    progress.flush();
  }

  /** Medians of rounds, by engine. */
  private Map<String, Long> measure(Sized program, int passes) {
    Map<Peer, Peer.Rounds> open = new LinkedHashMap<>();
    Map<String, long[]> nanos = new LinkedHashMap<>();
    Map<String, Integer> results = new LinkedHashMap<>();
    try {
      for (Peer peer : peers) {
        if (peer.runs(program)) {
          Peer.Rounds rounds = peer.open(program, passes);
          open.put(peer, rounds);
          if (peer instanceof ProcessorPeer) {
            rounds.run(2, timing); // processes warm themselves up
          }
        }
      }
      for (int turn = 0; turn < turns; turn++) {
        for (Map.Entry<Peer, Peer.Rounds> entry : open.entrySet()) {
          Peer.Round round = entry.getValue().run(1, timing);
          String name = entry.getKey().name();
          nanos.computeIfAbsent(name, key -> new long[turns])[turn] = round.nanos();
          results.put(name, round.result());
        }
      }
    } finally {
      open.values().forEach(Peer.Rounds::close);
    }
    if (results.values().stream().distinct().count() != 1) {
      equal = false;
      out.println("WRONG RESULT: " + program.title() + ": " + results);
    }
    Map<String, Long> medians = new LinkedHashMap<>();
    nanos.forEach((name, all) -> medians.put(name, Statistics.median(all)));
    return medians;
  }

  /** The first pass ever through code: what it costs to translate or decode it. */
  private Chart first(List<Integer> sizes) {
    Chart chart =
        new Chart(
            "Code size, first pass",
            "The same code run once by an engine that has never seen it, in a JVM that is warm:"
                + " the cost of translating it.",
            "ns per instruction",
            Chart.Axis.BYTES);
    for (int size : sizes) {
      if (size < LEAST_FIRST) {
        continue;
      }
      Sized program = Sized.code(size);
      say("the first pass of " + program.title());
      double instructions = instructions(program);
      Map<String, long[]> nanos = new LinkedHashMap<>();
      for (int turn = 0; turn < turns; turn++) {
        for (Peer peer : peers) {
          if (peer instanceof ProcessorPeer ours) {
            nanos.computeIfAbsent(peer.name(), key -> new long[turns])[turn] =
                ours.firstPass(program, timing);
          }
        }
      }
      nanos.forEach(
          (engine, all) -> chart.add(size, engine, Statistics.median(all) / instructions));
    }
    return chart;
  }

  /** Of a pass through a program that does not depend on what was before. */
  private static double instructions(Sized program) {
    Frame frame = Frame.forEngine(program);
    try (Processor processor = EngineKind.INTERPRETER.open(program.memory())) {
      processor.load(Frame.ORIGIN, frame.image());
      processor.run(frame.symbol("_start"), 0, 0);
      long start = processor.instructions();
      processor.run(frame.symbol("round"), 0, 1);
      return processor.instructions() - start;
    }
  }
}
