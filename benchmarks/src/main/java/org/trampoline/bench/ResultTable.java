package org.trampoline.bench;

import java.io.PrintWriter;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/** Benchmark results for people: a row for each benchmark, the engines side by side. */
final class ResultTable {
  private static final String ENGINE = "engine";

  /** The counter of benchmarks that execute guest code for as long as it takes: MIPS. */
  private static final String INSTRUCTIONS = "instructions";

  private final Map<String, Map<EngineKind, Result<?>>> rows = new TreeMap<>();

  ResultTable(Collection<RunResult> results) {
    for (RunResult result : results) {
      EngineKind engine = EngineKind.valueOf(result.getParams().getParam(ENGINE));
      rows.computeIfAbsent(name(result), name -> new TreeMap<>()).put(engine, figure(result));
    }
  }

  /** What of a result is shown. */
  private static Result<?> figure(RunResult result) {
    Result<?> instructions = result.getSecondaryResults().get(INSTRUCTIONS);
    return instructions == null ? result.getPrimaryResult() : instructions;
  }

  private static String unit(Result<?> result) {
    return result.getLabel().equals(INSTRUCTIONS)
        ? "MIPS"
        : result.getScoreUnit().replace("/op", "");
  }

  /** {@code ContextSwitch.betweenProcesses, 16 pages}. */
  private static String name(RunResult result) {
    String full = result.getParams().getBenchmark();
    int method = full.lastIndexOf('.');
    String type = full.substring(full.lastIndexOf('.', method - 1) + 1, method);
    StringBuilder name = new StringBuilder(type.replace("Benchmark", ""));
    name.append(full, method, full.length());
    for (String key : result.getParams().getParamsKeys()) {
      if (!key.equals(ENGINE)) {
        name.append(", ").append(result.getParams().getParam(key)).append(' ').append(key);
      }
    }
    return name.toString();
  }

  void print(PrintWriter out) {
    out.printf("%-46s %22s %22s %10s%n", "", "interpreter", "unicorn", "unicorn/");
    out.printf("%-46s %22s %22s %10s%n", "one operation", "", "", "interpr.");
    rows.forEach(
        (name, engines) -> {
          Result<?> ours = engines.get(EngineKind.INTERPRETER);
          Result<?> unicorn = engines.get(EngineKind.UNICORN);
          String ratio =
              ours == null || unicorn == null
                  ? ""
                  : String.format("%.2f×", unicorn.getScore() / ours.getScore());
          out.printf("%-46s %22s %22s %10s%n", name, cell(ours), cell(unicorn), ratio);
        });
    out.println("± is half of the 99.9 % confidence interval; a ratio above 1 is in our favour.");
  }

  private static String cell(Result<?> result) {
    return result == null
        ? "–"
        : String.format("%.1f ± %.1f %s", result.getScore(), result.getScoreError(), unit(result));
  }
}
