package org.trampoline.kernel.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.trampoline.emulator.differential.campaign.Campaign;
import org.trampoline.emulator.differential.campaign.CaseFile;
import org.trampoline.emulator.differential.campaign.Checkpoint;
import org.trampoline.emulator.differential.campaign.Finding;
import org.trampoline.emulator.differential.campaign.Plan;
import org.trampoline.emulator.differential.campaign.Tally;
import org.trampoline.emulator.differential.cases.CaseDivergence;
import org.trampoline.emulator.differential.cases.CaseShrinker;
import org.trampoline.emulator.differential.cases.Erratum;
import org.trampoline.emulator.differential.cases.Oracle;
import org.trampoline.emulator.oracle.OracleUnavailableException;
import org.trampoline.emulator.oracle.process.OracleProcess;

/**
 * A campaign for the command line: oracle after oracle, with a line that tells how far it is. Until
 * it is closed, Ctrl-C ends the comparison, and the process only after what follows it, the report.
 */
final class CampaignRun implements AutoCloseable {
  private static final long SAVE_NANOS = 500_000_000L;
  private static final long SHOW_NANOS = 250_000_000L;

  /** How an oracle came out. */
  record Outcome(
      String oracle, String label, long judged, Tally tally, boolean finished, String breakdowns) {}

  private final Plan plan;
  private final CampaignOptions options;
  private final PrintWriter out;
  private final ProgressLine progress;
  private final Interrupt interrupt;
  private final List<Outcome> outcomes = new ArrayList<>();
  private final List<String> absent = new ArrayList<>();
  private volatile boolean stopped;

  CampaignRun(CampaignOptions options, PrintWriter out, PrintWriter err) {
    this.options = options;
    this.out = out;
    plan = options.plan();
    progress = new ProgressLine(err);
    interrupt = new Interrupt(() -> stopped = true);
  }

  /** Runs it to its end or to Ctrl-C; exit status 0 or 1. */
  int run(boolean json) {
    execute(options.oracles());
    if (outcomes.isEmpty()) {
      throw new BadInput("diff: no oracle is here: " + String.join("; ", absent));
    }
    try {
      write();
      if (json) {
        CampaignJson.print(plan, outcomes, absent, out);
      } else {
        new CampaignText(plan, outcomes, absent, options.folder()).print(out);
      }
      out.flush();
      return outcomes.stream().allMatch(o -> o.tally().divergences() == 0) ? 0 : 1;
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  /**
   * Runs it, or the rest of it, on those oracles that are here.
   *
   * @return how it came out, an oracle each
   */
  List<Outcome> execute(List<OracleName> oracles) {
    try {
      for (OracleName name : oracles) {
        if (!stopped && divergences() < options.maxDivergences()) {
          compare(name);
        }
      }
      return outcomes;
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  private BadInput unusable(IOException e) {
    return new BadInput("--dir " + options.folder() + ": cannot be used: " + e.getMessage());
  }

  @Override
  public void close() {
    interrupt.close();
  }

  private long divergences() {
    return outcomes.stream().mapToLong(o -> o.tally().divergences()).sum();
  }

  /** Why other oracles had no part in it. */
  List<String> absent() {
    return absent;
  }

  private void compare(OracleName name) throws IOException {
    Oracle theirs;
    try {
      theirs = name.open();
    } catch (OracleUnavailableException e) {
      if (options.oracleNamed()) {
        throw e;
      }
      absent.add(name + ": " + e.getMessage());
      return;
    }
    try (theirs;
        Oracle ours = name.ours()) {
      Checkpoint checkpoint = new Checkpoint(options.folder(), plan, theirs.name(), theirs.label());
      Tally before = checkpoint.load();
      Campaign campaign;
      try {
        campaign = new Campaign(plan, ours, theirs, before);
      } catch (IllegalArgumentException e) {
        absent.add(e.getMessage());
        return;
      }
      try (campaign) {
        boolean finished = go(campaign, checkpoint);
        outcomes.add(
            new Outcome(
                theirs.name(),
                theirs.label(),
                campaign.judged(),
                campaign.tally(),
                finished,
                breakdowns(theirs)));
      }
    }
  }

  /** How often an oracle's process had to be replaced, and why the last time; empty if never. */
  private static String breakdowns(Oracle oracle) {
    return oracle instanceof OracleProcess process && process.restarts() > 0
        ? "its process broke down %d times, last with %s"
            .formatted(process.restarts(), process.lastReason())
        : "";
  }

  private boolean go(Campaign campaign, Checkpoint checkpoint) throws IOException {
    progress.begin(campaign);
    long saved = System.nanoTime();
    long shown = saved;
    Tally last = campaign.whole();
    boolean more = true;
    while (more && !stopped && campaign.tally().divergences() < options.maxDivergences()) {
      more = campaign.step();
      long now = System.nanoTime();
      if (now - shown > SHOW_NANOS) {
        progress.show(campaign);
        shown = now;
      }
      if (now - saved > SAVE_NANOS && campaign.whole() != last) {
        last = campaign.whole();
        checkpoint.save(last);
        saved = now;
      }
    }
    checkpoint.save(campaign.whole());
    progress.end();
    return !more;
  }

  /** The report, and a file for each finding. */
  private void write() throws IOException {
    Path folder = options.folder();
    Files.createDirectories(folder);
    for (Outcome outcome : outcomes) {
      int number = 1;
      for (Finding finding : outcome.tally().findings()) {
        Path file = folder.resolve(fileName(outcome, number++));
        Files.writeString(
            file, CaseFile.write(finding.example(), outcome.oracle(), outcome.label()));
      }
    }
    Files.writeString(
        folder.resolve("report.html"), new CampaignPage(plan, outcomes, absent).html());
  }

  static String fileName(Outcome outcome, int number) {
    return outcome.oracle() + "-" + number + ".S";
  }

  /** {@code trampoline diff FILE} of a case that a campaign has written; exit status 0 or 1. */
  static int replay(String source, PrintWriter out) {
    CaseDivergence divergence;
    OracleName name;
    try {
      divergence = CaseFile.read(source);
      name = OracleName.valueOf(CaseFile.oracle(source));
    } catch (IllegalArgumentException e) {
      throw new BadInput("diff: " + e.getMessage());
    }
    try (Oracle theirs = name.open();
        Oracle ours = name.ours();
        CaseShrinker shrinker = new CaseShrinker(ours, theirs)) {
      CaseDivergence now = shrinker.replay(divergence);
      int length = divergence.listing().size();
      String what = length == 1 ? "1 instruction" : "a sequence of " + length + " instructions";
      out.println(now == null ? "equal after " + what + ", with " + theirs.label() : now);
      for (Erratum erratum : shrinker.explained()) {
        out.println("but for what an erratum explains: " + erratum.proof());
      }
      out.flush();
      return now == null ? 0 : 1;
    }
  }

  /** The text of a source file, to see whether it is a case; null if it cannot be read. */
  static String textOf(String file) {
    try {
      return file.equals("-") ? null : Files.readString(Path.of(file), StandardCharsets.UTF_8);
    } catch (IOException | UncheckedIOException e) {
      return null; // whoever reads it as a source says why
    }
  }
}
