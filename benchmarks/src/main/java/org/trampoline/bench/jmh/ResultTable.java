package org.trampoline.bench.jmh;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.trampoline.bench.EngineKind;
import org.trampoline.bench.programs.Workload;

/** The suites' results for people: a row for each benchmark, the engines side by side. */
final class ResultTable {
  private static final String ENGINE = "engine";

  /** The counter of benchmarks that execute guest code for as long as it takes: MIPS. */
  private static final String INSTRUCTIONS = "instructions";

  private static final int TITLE = 46;

  private final List<EngineKind> engines;
  private final Map<Suite, Map<String, Map<EngineKind, Result<?>>>> suites =
      new EnumMap<>(Suite.class);

  ResultTable(List<EngineKind> engines, Map<Suite, Collection<RunResult>> results) {
    this.engines = engines;
    results.forEach(
        (suite, runs) -> {
          Map<String, Map<EngineKind, Result<?>>> rows = new LinkedHashMap<>();
          List<RunResult> sorted = new ArrayList<>(runs);
          sorted.sort(Comparator.comparing(run -> titleOf(suite, run.getParams()).row()));
          for (RunResult run : sorted) {
            EngineKind engine = EngineKind.valueOf(run.getParams().getParam(ENGINE));
            rows.computeIfAbsent(
                    title(suite, run.getParams()), row -> new EnumMap<>(EngineKind.class))
                .put(engine, figure(run));
          }
          suites.put(suite, rows);
        });
  }

  /** What of a result is shown. */
  private static Result<?> figure(RunResult result) {
    Result<?> instructions = result.getSecondaryResults().get(INSTRUCTIONS);
    return instructions == null ? result.getPrimaryResult() : instructions;
  }

  private static boolean isSpeed(Result<?> result) {
    return result.getLabel().equals(INSTRUCTIONS);
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
          String unit = rows.values().stream().allMatch(this::speeds) ? "MIPS" : "ns each";
          out.printf("%-" + TITLE + "s", suite.title() + ", " + unit);
          engines.forEach(engine -> out.printf("%26s", engine.title()));
          out.println();
          rows.forEach((title, row) -> print(out, title, row));
          out.println();
        });
    out.println(
        "± is half of the 99.9 % confidence interval; (×) is how many times as fast as Unicorn.");
  }

  private boolean speeds(Map<EngineKind, Result<?>> row) {
    return row.values().stream().allMatch(ResultTable::isSpeed);
  }

  private void print(PrintWriter out, String title, Map<EngineKind, Result<?>> row) {
    out.printf("  %-" + (TITLE - 2) + "s", title);
    Result<?> unicorn = row.get(EngineKind.UNICORN);
    for (EngineKind engine : engines) {
      Result<?> result = row.get(engine);
      if (result == null) {
        out.printf("%26s", "–");
        continue;
      }
      String ratio =
          unicorn == null || !engine.isOurs() ? "" : " (" + ratio(result, unicorn) + "×)";
      out.printf("%26s", number(result.getScore()) + " ± " + error(result) + ratio);
    }
    out.println();
  }

  /** How much faster than Unicorn. */
  private static String ratio(Result<?> ours, Result<?> unicorn) {
    double quotient = unicorn.getScore() / ours.getScore();
    return number(isSpeed(ours) ? 1 / quotient : quotient);
  }

  /** A figure with three digits, or all that it has before the point. */
  private static String number(double value) {
    int digits = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }

  /** JMH gives none for less than three iterations. */
  private static String error(Result<?> result) {
    return Double.isNaN(result.getScoreError()) ? "?" : number(result.getScoreError());
  }
}
