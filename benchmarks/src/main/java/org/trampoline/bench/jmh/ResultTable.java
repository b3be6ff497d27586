package org.trampoline.bench.jmh;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.RunResult;
import org.trampoline.bench.EngineKind;
import org.trampoline.bench.programs.Workload;

/** The suites' results for people: a row for each benchmark, the engines side by side. */
final class ResultTable {
  private static final String ENGINE = "engine";

  private static final int TITLE = 46;

  private final List<EngineKind> engines;
  private final Map<Suite, Map<String, Map<EngineKind, Figure>>> suites =
      new EnumMap<>(Suite.class);

  ResultTable(List<EngineKind> engines, Map<Suite, Collection<RunResult>> results) {
    this.engines = engines;
    results.forEach(
        (suite, runs) -> {
          Map<String, Map<EngineKind, Figure>> rows = new LinkedHashMap<>();
          List<RunResult> sorted = new ArrayList<>(runs);
          sorted.sort(Comparator.comparingInt(run -> titleOf(suite, run.getParams()).row()));
          for (RunResult run : sorted) {
            EngineKind engine = EngineKind.valueOf(run.getParams().getParam(ENGINE));
            rows.computeIfAbsent(
                    title(suite, run.getParams()), row -> new EnumMap<>(EngineKind.class))
                .put(engine, Figure.of(run));
          }
          suites.put(suite, rows);
        });
  }

  private static Title titleOf(Suite suite, BenchmarkParams params) {
    String full = params.getBenchmark();
    return suite.title(full.substring(full.lastIndexOf('.') + 1));
  }

  /** {@code process ↔ process, 16 pages}. */
  private static String title(Suite suite, BenchmarkParams params) {
    String title = titleOf(suite, params).value();
    for (String key : params.getParamsKeys()) {
      switch (key) {
        case ENGINE -> {}
        case "program" -> title = Workload.valueOf(params.getParam(key)).title();
        default -> title += ", " + params.getParam(key) + " " + key;
      }
    }
    return title;
  }

  void print(PrintWriter out) {
    suites.forEach(
        (suite, rows) -> {
          String unit = rows.values().stream().allMatch(ResultTable::isSpeed) ? "MIPS" : "ns each";
          out.printf("%-" + TITLE + "s", suite.title() + ", " + unit);
          engines.forEach(engine -> out.printf("%26s", engine.title()));
          out.println();
          rows.forEach((title, row) -> print(out, title, row));
          out.println();
        });
    out.println(
        "± is half of the 99.9 % confidence interval; (×) is how many times as fast as Unicorn.");
  }

  private static boolean isSpeed(Map<EngineKind, Figure> row) {
    return row.values().stream().allMatch(Figure::speed);
  }

  private void print(PrintWriter out, String title, Map<EngineKind, Figure> row) {
    out.printf("  %-" + (TITLE - 2) + "s", title);
    Figure unicorn = row.get(EngineKind.UNICORN);
    for (EngineKind engine : engines) {
      Figure figure = row.get(engine);
      boolean compared = figure != null && unicorn != null && engine.isOurs();
      String ratio = compared ? " (" + figure.ratio(unicorn) + "×)" : "";
      out.printf("%26s", figure == null ? "–" : figure.text() + ratio);
    }
    out.println();
  }
}
