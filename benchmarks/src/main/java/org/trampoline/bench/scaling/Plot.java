package org.trampoline.bench.scaling;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A chart as an SVG with logarithmic axes, a line for each engine. */
final class Plot {
  private static final int WIDTH = 660;
  private static final int HEIGHT = 390;
  private static final int LEFT = 62;
  private static final int RIGHT = 96;
  private static final int TOP = 34;
  private static final int BOTTOM = 34;

  /** Least distances between labels at the axis below, and at the ends of lines. */
  private static final int LABEL_WIDTH = 52;

  private static final int LABEL_HEIGHT = 15;

  private final Chart chart;
  private final List<String> engines;
  private final double leastX;
  private final double mostX;
  private final int leastDecade;
  private final int mostDecade;
  private final StringBuilder svg = new StringBuilder();

  /** The label of a line, which may move so that none covers another. */
  private static final class Label {
    private final int style;
    private final String text;
    private double y;

    Label(int style, String text, double y) {
      this.style = style;
      this.text = text;
      this.y = y;
    }
  }

  /**
   * @param engines all of the page, so that each has the same colour everywhere
   */
  Plot(Chart chart, List<String> engines) {
    this.chart = chart;
    this.engines = engines;
    leastX = Math.log(chart.sizes().getFirst());
    mostX = Math.max(leastX + 1e-9, Math.log(chart.sizes().getLast()));
    double least = Double.MAX_VALUE;
    double most = 0;
    for (Map<Integer, Double> figures : chart.series().values()) {
      for (double figure : figures.values()) {
        least = Math.min(least, figure);
        most = Math.max(most, figure);
      }
    }
    leastDecade = (int) Math.floor(Math.log10(least));
    mostDecade = Math.max(leastDecade + 1, (int) Math.ceil(Math.log10(most)));
  }

  String svg() {
    svg.append("<svg viewBox=\"0 0 ").append(WIDTH).append(' ').append(HEIGHT);
    svg.append("\" role=\"img\" aria-label=\"").append(chart.title()).append("\">");
    text(4, 14, "start", "", chart.unit());
    axes();
    List<Label> labels = new ArrayList<>();
    chart.series().forEach((engine, figures) -> labels.add(line(engine, figures)));
    labels.sort(Comparator.comparingDouble(label -> label.y));
    for (int i = 1; i < labels.size(); i++) {
      labels.get(i).y = Math.max(labels.get(i).y, labels.get(i - 1).y + LABEL_HEIGHT);
    }
    double limit = HEIGHT - BOTTOM + 4;
    for (Label label : labels.reversed()) {
      label.y = Math.min(label.y, limit);
      limit = label.y - LABEL_HEIGHT;
    }
    for (Label label : labels) {
      text(WIDTH - RIGHT + 10, label.y + 4, "start", "label f" + label.style, label.text);
    }
    return svg.append("</svg>").toString();
  }

  private void axes() {
    for (int decade = leastDecade; decade <= mostDecade; decade++) {
      double y = y(Math.pow(10, decade));
      rule(LEFT, y, WIDTH - RIGHT, y, decade == leastDecade ? "axis" : "grid");
      text(LEFT - 8, y + 4, "end", "", tick(decade));
    }
    double before = Double.NEGATIVE_INFINITY;
    for (int size : chart.sizes()) {
      double x = x(size);
      rule(x, HEIGHT - BOTTOM, x, HEIGHT - BOTTOM + 5, "axis");
      if (x - before >= LABEL_WIDTH) {
        text(x, HEIGHT - BOTTOM + 20, "middle", "", chart.size(size));
        before = x;
      }
    }
  }

  /** {@code 0.1}, {@code 1}, {@code 1,000}. */
  private static String tick(int decade) {
    return decade < 0
        ? String.format(Locale.ROOT, "%." + -decade + "f", Math.pow(10, decade))
        : String.format(Locale.ROOT, "%,d", Math.round(Math.pow(10, decade)));
  }

  private Label line(String engine, Map<Integer, Double> figures) {
    int style = engines.indexOf(engine);
    StringBuilder points = new StringBuilder();
    figures.forEach((size, figure) -> points.append(at(x(size), y(figure))).append(' '));
    svg.append("<polyline class=\"s s").append(style).append("\" points=\"");
    svg.append(points.toString().strip()).append("\"/>");
    double end = 0;
    for (Map.Entry<Integer, Double> point : figures.entrySet()) {
      end = y(point.getValue());
      svg.append("<circle class=\"p f").append(style).append("\" r=\"4\" cx=\"");
      svg.append(number(x(point.getKey()))).append("\" cy=\"").append(number(end));
      svg.append("\"><title>").append(engine).append(", ").append(chart.size(point.getKey()));
      svg.append(": ").append(Chart.figure(point.getValue())).append(' ').append(chart.unit());
      svg.append("</title></circle>");
    }
    return new Label(style, engine, end);
  }

  private double x(int size) {
    return LEFT + 14 + (Math.log(size) - leastX) / (mostX - leastX) * (WIDTH - LEFT - RIGHT - 20);
  }

  private double y(double figure) {
    return HEIGHT
        - BOTTOM
        - (Math.log10(figure) - leastDecade) / (mostDecade - leastDecade) * (HEIGHT - TOP - BOTTOM);
  }

  private void rule(double x1, double y1, double x2, double y2, String style) {
    svg.append("<path class=\"").append(style).append("\" d=\"M").append(at(x1, y1)).append('L');
    svg.append(at(x2, y2)).append("\"/>");
  }

  private void text(double x, double y, String anchor, String style, String text) {
    svg.append("<text x=\"").append(number(x)).append("\" y=\"").append(number(y));
    svg.append("\" text-anchor=\"").append(anchor);
    if (!style.isEmpty()) {
      svg.append("\" class=\"").append(style);
    }
    svg.append("\">").append(text).append("</text>");
  }

  private static String at(double x, double y) {
    return number(x) + "," + number(y);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
