package org.trampoline.bench.soak;

import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Whether a series of samples grows: the peak of its last quarter is compared with that of its
 * second one. The first quarter is what everything needs to become warm. What fills and is emptied
 * again makes waves of minutes, so medians would say where in a wave a quarter ends; the peak is
 * what all but a twentieth of the samples stay below.
 */
record Trend(String name, long before, long after, long tolerance) {
  /** Samples that a judgement needs at least. */
  static final int LEAST = 8;

  /**
   * @param part of the peak that it may grow by
   * @param more by which it may grow besides
   */
  static Trend of(
      String name, List<Sample> samples, ToLongFunction<Sample> value, double part, long more) {
    int quarter = samples.size() / 4;
    long before = peak(samples.subList(quarter, 2 * quarter), value);
    long after = peak(samples.subList(samples.size() - quarter, samples.size()), value);
    return new Trend(name, before, after, (long) (before * part) + more);
  }

  private static long peak(List<Sample> samples, ToLongFunction<Sample> value) {
    long[] sorted = samples.stream().mapToLong(value).sorted().toArray();
    return sorted[sorted.length * 19 / 20];
  }

  boolean grows() {
    return after - before > tolerance;
  }

  /** For people. */
  String describe() {
    return "%-22s %12d %12d   %+.2f %%, allowed %d more%s"
        .formatted(
            name,
            before,
            after,
            100.0 * (after - before) / Math.max(1, before),
            tolerance,
            grows() ? ": GROWS" : "");
  }
}
