package org.trampoline.kernel.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** What of a kernel's run is to be seen, and when. */
final class ObserveOptions {
  @Option(names = "--ps", description = "print the processes at the end, as ps fax does")
  boolean ps;

  @Option(
      names = "--ps-at",
      paramLabel = "WHEN",
      description =
          "the same at a moment: a number of instructions, or virtual time (1.5s, 20ms, 300us);"
              + " may be repeated")
  List<String> psAt = new ArrayList<>();

  @Option(names = "--log", description = "print the kernel's log as dmesg -r does")
  boolean log;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description =
          "write the events to FILE: for Chrome and Perfetto if it ends in .json, else as ftrace"
              + " text")
  String trace;

  @Option(
      names = "--timeline",
      paramLabel = "FILE.html",
      description = "write a picture of the threads' lives to FILE.html, for a browser")
  String timeline;

  ObserveOptions() {}

  /** Whether something other than the stream of events is to be printed. */
  boolean any() {
    return ps || log || !psAt.isEmpty() || trace != null || timeline != null;
  }

  /**
   * A moment.
   *
   * @param time whether it is virtual time in nanoseconds, and not a number of instructions
   */
  record When(boolean time, long value) {}

  /** The moments of --ps-at in the order given. */
  List<When> moments() {
    return psAt.stream().map(ObserveOptions::when).toList();
  }

  private static When when(String text) {
    String[] units = {"ns", "us", "ms", "s"};
    long scale = 1;
    try {
      for (String unit : units) {
        String number = text.substring(0, Math.max(0, text.length() - unit.length()));
        if (text.endsWith(unit) && number.matches("[0-9]+(\\.[0-9]+)?")) {
          double value = Double.parseDouble(number) * scale;
          if (value <= 1e18) {
            return new When(true, Math.round(value));
          }
        }
        scale *= 1000;
      }
      long value = Long.decode(text);
      if (value >= 0) {
        return new When(false, value);
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new BadInput(
        "--ps-at "
            + text
            + ": expected a number of instructions, or a time like 1.5s, 20ms, 300us");
  }
}
