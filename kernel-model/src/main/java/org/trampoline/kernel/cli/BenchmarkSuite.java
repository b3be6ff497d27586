package org.trampoline.kernel.cli;

import java.io.PrintWriter;
import java.nio.file.Path;

/**
 * What {@code trampoline bench} runs: a service, because the module of the benchmarks stands above
 * this one.
 */
public interface BenchmarkSuite {
  /**
   * Runs the benchmarks and prints a table.
   *
   * @param filter a regular expression that names of benchmarks must contain; empty for all
   * @param quick a minute's look instead of a measurement
   * @param json where JMH's own result goes, or null
   * @param out for the table
   * @param progress for a line per benchmark while it runs
   * @return exit status: 0, or 2 if no benchmark fits the filter
   */
  int run(String filter, boolean quick, Path json, PrintWriter out, PrintWriter progress);
}
