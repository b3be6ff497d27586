package org.trampoline.bench;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.trampoline.bench.cold.ColdComparison;
import org.trampoline.bench.jmh.SuiteRun;
import org.trampoline.bench.peers.PeerComparison;
import org.trampoline.kernel.cli.BenchmarkSuite;

/** What {@code trampoline bench} has: comparisons by their names, the JMH suites by a filter. */
public final class Benchmarks implements BenchmarkSuite {
  @Override
  public int run(String filter, boolean quick, Path json, PrintWriter out, PrintWriter progress) {
    try {
      return switch (filter) {
        case "peers" -> new PeerComparison(quick, out, progress).run();
        case "cold" -> new ColdComparison(quick, out, progress).run();
        default -> new SuiteRun(filter, quick, out, progress).run(json);
      };
    } catch (UncheckedIOException e) {
      progress.println("bench: " + e.getCause().getMessage());
      return 1;
    }
  }
}
