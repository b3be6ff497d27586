package org.trampoline.kernel.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What {@code trampoline bench} runs: a service, because the module of the benchmarks stands above
 * this one.
 */
public interface BenchmarkSuite {
  /**
   * What to run.
   *
   * @param filter {@code peers}, {@code cold}, {@code scaling}, {@code soak} or {@code pauses}, or
   *     a regular expression that names of JMH benchmarks must contain; empty for all of these
   * @param quick a look instead of a measurement
   * @param json where JMH's own result goes, or null
   * @param cpuTime whether processor time is counted; not of {@code cold}
   * @param html where the plots of {@code scaling} go, or null
   * @param duration of {@code soak} and {@code pauses}
   */
  record Request(
      String filter, boolean quick, boolean cpuTime, Path json, Path html, LongRun duration) {}

  /**
   * What a run goes by that lasts as long as one likes.
   *
   * @param time how long; null for the usual
   * @param linux a kernel to boot besides, or null
   * @param initrd what it gets, whose first process reboots in the end; or null
   */
  record LongRun(Duration time, Path linux, Path initrd) {
    /** As usual. */
    public static final LongRun USUAL = new LongRun(null, null, null);
  }

  /**
   * Runs benchmarks and prints a table.
   *
   * @param out for the table
   * @param progress for a line per benchmark while it runs
   * @return exit status: 0; 1 if an engine failed or had a wrong result
   * @throws BadInput if no benchmark fits the request
   */
  int run(Request request, PrintWriter out, PrintWriter progress);
}
