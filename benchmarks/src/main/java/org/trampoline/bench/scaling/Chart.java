package org.trampoline.bench.scaling;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A figure by size, for each engine: both a table and a plot are made of it. */
final class Chart {
  /** What a size counts. */
  enum Axis {
    BYTES,
    TASKS
  }

  private final String title;
  private final String explanation;
  private final String unit;
  private final Axis axis;
  private final List<Integer> sizes = new ArrayList<>();
  private final Map<String, Map<Integer, Double>> series = new LinkedHashMap<>();

  /**
   * @param unit of the figures
   */
  Chart(String title, String explanation, String unit, Axis axis) {
    this.title = title;
    this.explanation = explanation;
    this.unit = unit;
    this.axis = axis;
  }

  void add(int size, String engine, double figure) {
    if (!sizes.contains(size)) {
      sizes.add(size);
    }
    series.computeIfAbsent(engine, name -> new LinkedHashMap<>()).put(size, figure);
  }

  String title() {
    return title;
  }

  String explanation() {
    return explanation;
  }

  String unit() {
    return unit;
  }

  /** In the order of measurement, which is ascending. */
  List<Integer> sizes() {
    return sizes;
  }

  /** By the engines' names, and within by size. */
  Map<String, Map<Integer, Double>> series() {
    return series;
  }

  /** A size for people. */
  String size(int size) {
    return axis == Axis.BYTES ? bytes(size) : String.format(Locale.ROOT, "%,d", size);
  }

  /** {@code 64 KB}. */
  static String bytes(int bytes) {
    if (bytes >= 1 << 30) {
      return (bytes >> 30) + " GB";
    }
    return bytes >= 1 << 20 ? (bytes >> 20) + " MB" : (bytes >> 10) + " KB";
  }

  /** A figure with three digits, or all that it has before the point. */
  static String figure(double value) {
    int digits = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
    return String.format(Locale.ROOT, "%,." + digits + "f", value);
  }
}
