package org.trampoline.bench.jmh;

import java.util.Collection;
import java.util.Locale;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.util.ListStatistics;

/**
 * What of a result is shown.
 *
 * @param value nanoseconds, or MIPS
 * @param error half of the 99.9 % confidence interval; NaN if there were too few iterations
 * @param speed whether it is MIPS
 */
record Figure(double value, double error, boolean speed) {
  /** The counter of benchmarks that execute guest code for as long as it takes: MIPS. */
  private static final String INSTRUCTIONS = "instructions";

  private static final double CONFIDENCE = 0.999;

  /** Of all iterations of a benchmark, by processor time where {@link ProcessorShare} was there. */
  static Figure of(RunResult run) {
    ListStatistics values = new ListStatistics();
    boolean speed = run.getSecondaryResults().containsKey(INSTRUCTIONS);
    for (BenchmarkResult fork : run.getBenchmarkResults()) {
      Collection<IterationResult> iterations = fork.getIterationResults();
      for (IterationResult iteration : iterations) {
        Result<?> share = iteration.getSecondaryResults().get(ProcessorShare.LABEL);
        double processor = share == null ? 1 : share.getScore();
        values.addValue(
            speed
                ? iteration.getSecondaryResults().get(INSTRUCTIONS).getScore() / processor
                : iteration.getPrimaryResult().getScore() * processor);
      }
    }
    return new Figure(values.getMean(), values.getMeanErrorAt(CONFIDENCE), speed);
  }

  /** How much faster than another one. */
  String ratio(Figure other) {
    return number(speed ? value / other.value : other.value / value);
  }

  /** {@code 12.3 ± 0.45}. */
  String text() {
    return number(value) + " ± " + (Double.isNaN(error) ? "?" : number(error));
  }

  /** With three digits, or all that it has before the point. */
  private static String number(double value) {
    int digits = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }
}
