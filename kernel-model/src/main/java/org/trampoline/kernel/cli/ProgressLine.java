package org.trampoline.kernel.cli;

import java.io.PrintWriter;
import org.trampoline.emulator.differential.campaign.Campaign;
import org.trampoline.emulator.differential.campaign.Tally;

/** One line that is written over itself on a terminal, and now and then into anything else. */
final class ProgressLine {
  private static final long RARELY_NANOS = 10_000_000_000L;

  private final PrintWriter err;

  @SuppressWarnings("SystemConsoleNull") // it does, in JDK 25 with its default settings
  private final boolean terminal = System.console() != null && System.console().isTerminal();

  private long began;
  private long casesBefore;
  private long last;
  private int width;

  ProgressLine(PrintWriter err) {
    this.err = err;
  }

  void begin(Campaign campaign) {
    began = System.nanoTime();
    last = began;
    casesBefore = campaign.tally().cases();
    if (casesBefore > 0) {
      err.printf(
          "%s: going on after %,d cases%n", campaign.oracle().name(), campaign.tally().cases());
      err.flush();
    }
  }

  void show(Campaign campaign) {
    long now = System.nanoTime();
    if (!terminal && now - last < RARELY_NANOS) {
      return;
    }
    last = now;
    String text = text(campaign, (now - began) / 1e9);
    if (terminal) {
      err.print("\r" + text + " ".repeat(Math.max(0, width - text.length())));
      width = text.length();
    } else {
      err.println(text);
    }
    err.flush();
  }

  private String text(Campaign campaign, double seconds) {
    Tally tally = campaign.tally();
    long done = tally.cases();
    double rate = (done - casesBefore) / seconds;
    double rest = Math.max(0, campaign.plan().cases() - done); // the last batch may be larger
    long left = rate > 0 ? (long) (rest / rate) : 0;
    return String.format(
        "%s: %,d of %,d cases, %,.0f/s, %,d divergences, %d of %d forms, %d:%02d left",
        campaign.oracle().name(),
        done,
        campaign.plan().cases(),
        rate,
        tally.divergences(),
        tally.casesOf().size(),
        campaign.judged(),
        left / 60,
        left % 60);
  }

  void end() {
    if (terminal && width > 0) {
      err.print("\r" + " ".repeat(width) + "\r");
      err.flush();
    }
    width = 0;
  }
}
