package org.trampoline.bench.cold;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.trampoline.bench.EngineKind;
import org.trampoline.bench.peers.Statistics;
import org.trampoline.bench.programs.Workload;

/** Runs of one length for people: milliseconds from the start of a process. */
final class ColdTable {
  private static final double MILLI = 1e6;

  private final int size;
  private final Map<Workload, Map<String, ColdStart.Run>> rows;
  private final Map<String, Long> starts;
  private final String ours;

  /**
   * @param starts nanoseconds that each engine takes for next to nothing
   */
  ColdTable(int size, Map<Workload, Map<String, ColdStart.Run>> rows, Map<String, Long> starts) {
    this.size = size;
    this.rows = rows;
    this.starts = starts;
    String translator = EngineKind.TRANSLATOR.title();
    ours = starts.containsKey(translator) ? translator : EngineKind.INTERPRETER.title();
  }

  /** {@code 100 M instructions}. */
  static String millions(int instructions) {
    return instructions % 1_000_000 == 0
        ? instructions / 1_000_000 + " M instructions"
        : instructions + " instructions";
  }

  void print(PrintWriter out) {
    out.printf("%-18s", millions(size));
    starts.keySet().forEach(name -> out.printf("%13s", name));
    out.printf("%21s   %s is%n", ours + " inside", ours);
    rows.forEach((workload, row) -> print(out, workload, row));
    out.println();
  }

  private void print(PrintWriter out, Workload workload, Map<String, ColdStart.Run> row) {
    out.printf("%-18s", workload.title());
    int expected = row.values().stream().reduce((a, b) -> b).orElseThrow().result();
    StringBuilder text = new StringBuilder("  ");
    row.forEach(
        (name, run) -> {
          out.printf("%13.0f", run.total() / MILLI);
          if (isOther(name)) {
            text.append(
                String.format(" %.2fx %s", (double) run.total() / row.get(ours).total(), name));
          }
          if (run.result() != expected) {
            text.append(
                String.format(
                    "  WRONG RESULT of %s: %08x, not %08x", name, run.result(), expected));
          }
        });
    out.printf("%21.0f%s%n", row.get(ours).inside() / MILLI, text);
  }

  private static boolean isOther(String name) {
    return !name.equals(EngineKind.INTERPRETER.title())
        && !name.equals(EngineKind.TRANSLATOR.title());
  }

  /** The geometric means of what the others take by what ours takes. */
  void printMeans(PrintWriter out) {
    for (String other : starts.keySet().stream().filter(ColdTable::isOther).toList()) {
      double ourStart = starts.get(ours);
      double otherStart = starts.get(other);
      double total = mean(row -> (double) row.get(other).total() / row.get(ours).total());
      double inside = mean(row -> (double) row.get(other).inside() / row.get(ours).inside());
      double neither =
          mean(
              row ->
                  Math.max(1e5, row.get(other).total() - otherStart)
                      / Math.max(1e5, row.get(ours).total() - ourStart));
      out.printf(
          "%s, geomean vs %s: %.2fx; JVM start excluded %.2fx; all starts excluded %.2fx%n",
          millions(size), other, total, inside, neither);
      List<String> slower = new ArrayList<>();
      rows.forEach(
          (workload, row) -> {
            double ratio = (double) row.get(other).inside() / row.get(ours).inside();
            if (ratio < 1) {
              slower.add(String.format("%s (%.2f)", workload.title(), ratio));
            }
          });
      if (!slower.isEmpty() && slower.size() < rows.size()) {
        out.println("  below 1, JVM start excluded: " + String.join(", ", slower));
      }
    }
  }

  private double mean(ToDoubleFunction<Map<String, ColdStart.Run>> ratio) {
    return Statistics.geometricMean(rows.values().stream().map(ratio::applyAsDouble).toList());
  }
}
