package org.trampoline.kernel.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.trampoline.emulator.differential.campaign.Finding;
import org.trampoline.emulator.differential.campaign.Plan;
import org.trampoline.emulator.differential.campaign.Tally;

/** What a campaign prints in the end. */
final class CampaignText {
  private static final int SHOWN = 5;

  private final Plan plan;
  private final List<CampaignRun.Outcome> outcomes;
  private final List<String> absent;
  private final Path folder;

  CampaignText(Plan plan, List<CampaignRun.Outcome> outcomes, List<String> absent, Path folder) {
    this.plan = plan;
    this.outcomes = outcomes;
    this.absent = absent;
    this.folder = folder;
  }

  void print(PrintWriter out) {
    absent.forEach(reason -> out.println("without " + reason));
    for (CampaignRun.Outcome outcome : outcomes) {
      print(out, outcome);
    }
    out.println("report: " + folder.resolve("report.html"));
  }

  private void print(PrintWriter out, CampaignRun.Outcome outcome) {
    Tally tally = outcome.tally();
    out.println(outcome.label());
    out.printf(
        "  %,d cases%s, seed %d; %d of %d forms, %,d sequences; %,d raised an exception%n",
        tally.cases(),
        outcome.finished() ? "" : " (interrupted; the same command goes on)",
        plan.seed(),
        tally.casesOf().size(),
        plan.forms().size(),
        tally.sequences(),
        tally.faults());
    long explained = tally.errata().values().stream().mapToLong(Long::longValue).sum();
    out.printf(
        "  %,d differ as errata explain (%d errata), %,d undecided%n",
        explained, tally.errata().size(), tally.undecided());
    if (!outcome.breakdowns().isEmpty()) {
      out.println("  " + outcome.breakdowns());
    }
    if (tally.findings().isEmpty()) {
      out.println("  equal: no other divergence");
      return;
    }
    out.printf("  %,d divergences in %d groups%n", tally.divergences(), tally.findings().size());
    int number = 1;
    for (Finding finding : tally.findings()) {
      if (number > SHOWN) {
        out.printf("  … and %d more groups%n", tally.findings().size() - SHOWN);
        break;
      }
      out.printf(
          "%n  %s: %,d of these%n",
          folder.resolve(CampaignRun.fileName(outcome, number++)), finding.count());
      finding.example().toString().lines().forEach(line -> out.println("    " + line));
    }
  }
}
