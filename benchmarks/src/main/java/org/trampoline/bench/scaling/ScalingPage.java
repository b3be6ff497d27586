package org.trampoline.bench.scaling;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The charts as one page that needs nothing else: plots, and the figures below each. */
final class ScalingPage {
  private final List<Chart> charts;
  private final StringBuilder html = new StringBuilder();

  ScalingPage(List<Chart> charts) {
    this.charts = charts;
  }

  String html() {
    List<String> engines =
        charts.stream().flatMap(chart -> chart.series().keySet().stream()).distinct().toList();
    html.append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">");
    html.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    html.append("<title>Trampoline: how cost grows</title><style>").append(style());
    html.append("</style></head><body><header><h1>How cost grows with the guest</h1>");
    html.append("<p class=\"dim\">The same guest programs on every engine, in turns, results");
    html.append(" compared; medians. Both axes are logarithmic; lower is faster. Pointing at a");
    html.append(" dot shows its figure.</p></header><main>");
    for (Chart chart : charts) {
      html.append("<section><h2>").append(chart.title()).append("</h2><p class=\"dim\">");
      html.append(chart.explanation()).append("</p>").append(new Plot(chart, engines).svg());
      table(chart);
      html.append("</section>");
    }
    return html.append("</main></body></html>\n").toString();
  }

  private void table(Chart chart) {
    html.append("<details><summary>Figures, ").append(chart.unit());
    html.append("</summary><div class=\"scroll\"><table><tr><th>");
    chart.series().keySet().forEach(engine -> html.append("<th>").append(engine));
    for (int size : chart.sizes()) {
      html.append("<tr><td>").append(chart.size(size));
      chart
          .series()
          .values()
          .forEach(
              figures ->
                  html.append("<td>")
                      .append(figures.containsKey(size) ? Chart.figure(figures.get(size)) : "–"));
    }
    html.append("</table></div></details>");
  }

  private static String style() {
    try (InputStream in = ScalingPage.class.getResourceAsStream("scaling.css")) {
      if (in == null) {
        throw new IllegalStateException("the resource scaling.css is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
