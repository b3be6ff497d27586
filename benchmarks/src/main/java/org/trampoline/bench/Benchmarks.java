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
      progress.println("bench " + filter + ": --json is for the JMH suites");
      return 2;
    }
    if (!filter.equals("scaling") && request.html() != null) {
      progress.println("bench: --html is for bench scaling");
      return 2;
    }
    boolean soak = filter.equals("soak");
    boolean pauses = filter.equals("pauses");
    if (pauses && request.duration().time() != null) {
      progress.println("bench pauses: --time is for bench soak");
      return 2;
    }
    if (!soak && !pauses && !request.duration().equals(LongRun.USUAL)) {
      progress.println("bench: --time, --linux and --initrd are for bench soak and pauses");
      return 2;
    }
    LongRun duration = request.duration();
    if (duration.initrd() != null && duration.linux() == null) {
      progress.println("bench: --initrd is for --linux");
      return 2;
    }
    for (Path file : new Path[] {duration.linux(), duration.initrd()}) {
      if (file != null && !(Files.isRegularFile(file) && Files.isReadable(file))) {
        progress.println("bench: cannot read " + file);
        return 2;
      }
    }
    if (request.cpuTime() && (soak || pauses || filter.equals("cold"))) {
      progress.println("bench " + filter + ": --cpu-time is not for what somebody waits for");
      return 2;
    }
    Timing timing = request.cpuTime() ? Timing.PROCESSOR : Timing.WALL_CLOCK;
    if (timing.absence() != null) {
      progress.println("bench: --cpu-time: " + timing.absence());
      return 2;
    }
    if (!isWritable(request.json(), progress) || !isWritable(request.html(), progress)) {
      return 2;
    }
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
  private static boolean isWritable(Path file, PrintWriter progress) {
    if (file == null) {
      return true;
    }
    try {
      Files.newOutputStream(file).close();
      return true;
    } catch (IOException e) {
      progress.println("bench: cannot write " + file + ": " + e.getMessage());
      return false;
    }
  }
}
