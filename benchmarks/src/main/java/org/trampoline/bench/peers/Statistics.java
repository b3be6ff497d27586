package org.trampoline.bench.peers;

import java.util.Arrays;
import java.util.Collection;

/** The figures a comparison is told in. */
public final class Statistics {
  private Statistics() {}

  /** The middle of some values, which may be sorted by this. */
  public static long median(long[] values) {
    Arrays.sort(values);
    int half = values.length / 2;
    return values.length % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
  }

  /** The geometric mean of positive values. */
  public static double geometricMean(Collection<Double> values) {
    double sum = 0;
    for (double value : values) {
      sum += Math.log(value);
    }
    return Math.exp(sum / values.size());
  }
}
