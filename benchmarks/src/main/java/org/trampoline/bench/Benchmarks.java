package org.trampoline.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.trampoline.bench.cold.ColdComparison;
import org.trampoline.bench.jmh.SuiteRun;
import org.trampoline.bench.pauses.Pauses;
import org.trampoline.bench.peers.PeerComparison;
import org.trampoline.bench.peers.Timing;
import org.trampoline.bench.scaling.ScalingRun;
import org.trampoline.bench.soak.Soak;
import org.trampoline.kernel.cli.BadInput;
import org.trampoline.kernel.cli.BenchmarkSuite;
import org.trampoline.kernel.cli.BenchmarkSuite.LongRun;

/** What {@code trampoline bench} has: comparisons by their names, the JMH suites by a filter. */
public final class Benchmarks implements BenchmarkSuite {
  private static final Set<String> COMPARISONS =
      Set.of("peers", "cold", "scaling", "soak", "pauses");

  @Override
  public int run(Request request, PrintWriter out, PrintWriter progress) {
    boolean quick = request.quick();
    String filter = request.filter();
    boolean comparison = COMPARISONS.contains(filter);
    if (comparison && request.json() != null) {
      throw new BadInput("bench " + filter + ": --json is for the JMH suites");
    }
    if (!filter.equals("scaling") && request.html() != null) {
      throw new BadInput("bench: --html is for bench scaling");
    }
    boolean soak = filter.equals("soak");
    boolean pauses = filter.equals("pauses");
    if (pauses && request.duration().time() != null) {
      throw new BadInput("bench pauses: --time is for bench soak");
    }
    if (!soak && !pauses && !request.duration().equals(LongRun.USUAL)) {
      throw new BadInput("bench: --time, --linux and --initrd are for bench soak and pauses");
    }
    LongRun duration = request.duration();
    if (duration.initrd() != null && duration.linux() == null) {
      throw new BadInput("bench: --initrd is for --linux");
    }
    for (Path file : new Path[] {duration.linux(), duration.initrd()}) {
      if (file != null && !(Files.isRegularFile(file) && Files.isReadable(file))) {
        throw new BadInput("bench: cannot read " + file);
      }
    }
    if (request.cpuTime() && (soak || pauses || filter.equals("cold"))) {
      throw new BadInput("bench " + filter + ": --cpu-time is not for what somebody waits for");
    }
    Timing timing = request.cpuTime() ? Timing.PROCESSOR : Timing.WALL_CLOCK;
    if (timing.absence() != null) {
      throw new BadInput("bench: --cpu-time: " + timing.absence());
    }
    tryWriting(request.json());
    tryWriting(request.html());
    try {
      return switch (filter) {
        case "peers" -> new PeerComparison(quick, timing, out, progress).run();
        case "cold" -> new ColdComparison(quick, out, progress).run();
        case "pauses" -> new Pauses(request.duration(), quick, out, progress).run();
        case "soak" -> Soak.run(request.duration(), quick, out, progress);
        case "scaling" -> new ScalingRun(quick, timing, out, progress).run(request.html());
        default ->
            new SuiteRun(filter, quick, out, progress)
                .processorTime(request.cpuTime())
                .run(request.json());
      };
    } catch (UncheckedIOException e) {
      progress.println("bench: " + e.getCause().getMessage());
      return 1;
    }
  }

  /** Finds out before minutes have been spent. */
  private static void tryWriting(Path file) {
    if (file == null) {
      return;
    }
    try {
      Files.newOutputStream(file).close();
    } catch (IOException e) {
      throw new BadInput("bench: cannot write " + file + ": " + e.getMessage());
    }
  }
}
