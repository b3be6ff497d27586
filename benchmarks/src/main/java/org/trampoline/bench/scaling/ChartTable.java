package org.trampoline.bench.scaling;

import java.io.PrintWriter;

/** A chart as text: a row for each size. */
final class ChartTable {
  private final Chart chart;

  ChartTable(Chart chart) {
    this.chart = chart;
  }

  void print(PrintWriter out) {
    out.printf("%-36s", chart.title() + ", " + chart.unit());
    chart.series().keySet().forEach(engine -> out.printf("%13s", engine));
    out.println();
    for (int size : chart.sizes()) {
      out.printf("%14s%22s", chart.size(size), "");
      chart
          .series()
          .values()
          .forEach(
              figures ->
                  out.printf(
                      "%13s", figures.containsKey(size) ? Chart.figure(figures.get(size)) : "–"));
      out.println();
    }
    out.println();
  }
}
