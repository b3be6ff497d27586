package org.trampoline.bench.soak;

import java.io.PrintWriter;
import java.util.List;
import org.trampoline.emulator.translate.TranslatorStatistics;

/** What a long run has shown, for people. */
record SoakReport(List<Guest> guests, List<Sample> samples) {
  private static final int LINES = 24;

  /** Prints it; whether nothing has grown. */
  boolean print(PrintWriter out) {
    out.printf(
        "%-24s %16s %12s %10s %12s%n", "guest", "instructions", "blocks", "emptied", "code bytes");
    guests.forEach(guest -> guest.statistics().ifPresent(s -> print(out, guest, s)));
    out.println();
    int step = (samples.size() + LINES - 1) / LINES;
    for (int i = 0; i < samples.size(); i += step) {
      out.println(samples.get(i).describe());
    }
    out.printf("%n%-22s %12s %12s%n", "peaks", "2nd quarter", "last quarter");
    List<Trend> trends = trends(samples);
    trends.forEach(trend -> out.println(trend.describe()));
    boolean flat = trends.stream().noneMatch(Trend::grows);
    out.printf(
        "%n%d samples in %.0f s: %s%n",
        samples.size(), samples.getLast().seconds(), flat ? "flat in memory" : "IT GROWS");
    out.flush();
    return flat;
  }

  private static void print(PrintWriter out, Guest guest, TranslatorStatistics s) {
    out.printf(
        "%-24s %16d %12d %10d %12d%n",
        guest.title(), guest.instructions(), s.blocks(), s.flushes(), s.codeBytes());
  }

  private static List<Trend> trends(List<Sample> samples) {
    return List.of(
        Trend.of("resident KB", samples, Sample::resident, 0.02, 8192),
        Trend.of("outside the heap KB", samples, Sample::outside, 0.02, 8192),
        Trend.of("heap KB", samples, Sample::heap, 0.05, 2048),
        Trend.of("mappings", samples, Sample::mappings, 0.02, 16),
        Trend.of("open files", samples, Sample::files, 0, 2));
  }
}
