package org.trampoline.kernel.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.trampoline.emulator.differential.coverage.Coverage;
import org.trampoline.emulator.differential.coverage.HandWritten;

/** The coverage of the instruction table for people and for programs. */
final class CoverageText {
  private CoverageText() {}

  static void table(
      List<Coverage.Row> rows, Map<String, String> labels, List<String> absent, PrintWriter out) {
    out.printf("%-22s %-28s", "encoding", "form");
    labels.keySet().forEach(oracle -> out.printf(" %9s", oracle));
    out.printf(" %8s  %s%n", "diverge", "tests from the manual");
    for (Coverage.Row row : rows) {
      out.printf("%-22s %-28s", row.form().encoding().text(), row.form().notation());
      labels.keySet().forEach(oracle -> out.printf(" %9s", dash(row.cases().get(oracle))));
      out.printf(" %8s  %s%n", dash(row.divergences()), tests(row));
    }
    out.println();
    labels.forEach(
        (oracle, label) ->
            out.printf(
                Locale.ROOT,
                "%d forms by %,d cases on %s%n",
                count(rows, row -> row.cases().get(oracle) > 0),
                rows.stream().mapToLong(row -> row.cases().get(oracle)).sum(),
                label));
    absent.forEach(reason -> out.println("not here: " + reason));
    out.printf(
        "%d forms have tests from the manual, %d of them only those; %d diverge; %d of %d have no"
            + " evidence%n",
        count(rows, row -> !row.tests().isEmpty()),
        count(rows, Coverage.Row::handWrittenOnly),
        count(rows, row -> row.divergences() > 0),
        count(rows, Coverage.Row::missing),
        rows.size());
  }

  private static String dash(long number) {
    return number == 0 ? "-" : Long.toString(number);
  }

  private static String tests(Coverage.Row row) {
    String tests =
        row.tests().stream().map(HandWritten.Entry::test).collect(Collectors.joining(" "));
    return row.missing() ? "NO EVIDENCE" : tests;
  }

  private static long count(List<Coverage.Row> rows, Predicate<Coverage.Row> which) {
    return rows.stream().filter(which).count();
  }

  static void json(
      List<Coverage.Row> rows, Map<String, String> labels, List<String> absent, PrintWriter out) {
    try (JsonOutput json = new JsonOutput(out)) {
      json.beginObject();
      json.beginObject("oracles");
      labels.forEach(json::string);
      json.endObject();
      json.beginArray("absent");
      absent.forEach(json::element);
      json.endArray();
      json.number("missing", count(rows, Coverage.Row::missing));
      json.beginArray("forms");
      rows.forEach(row -> form(json, row));
      json.endArray();
      json.endObject();
    }
  }

  private static void form(JsonOutput json, Coverage.Row row) {
    json.beginObject();
    json.string("encoding", row.form().encoding().text());
    json.string("form", row.form().notation());
    json.beginObject("cases");
    row.cases().forEach(json::number);
    json.endObject();
    json.number("divergences", row.divergences());
    json.beginArray("tests");
    for (HandWritten.Entry entry : row.tests()) {
      json.beginObject();
      json.string("test", entry.test());
      json.string("source", entry.source());
      json.endObject();
    }
    json.endArray();
    json.endObject();
  }
}
