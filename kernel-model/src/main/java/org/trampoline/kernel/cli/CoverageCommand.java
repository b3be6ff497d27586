package org.trampoline.kernel.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.trampoline.emulator.differential.campaign.Tally;
import org.trampoline.emulator.differential.coverage.Coverage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code trampoline coverage}: what shows that each instruction does what it should. */
@Command(
    name = "coverage",
    description =
        "Prints, for each form of the instruction table, how many cases of it were compared with "
            + "which oracle, how many diverged, and which tests written from the Intel manual "
            + "execute it. Goes on with a campaign that 'diff --cases' has left in DIR.",
    mixinStandardHelpOptions = true)
final class CoverageCommand implements Callable<Integer> {
  private static final List<OracleName> JUDGES = List.of(OracleName.host, OracleName.unicorn);

  @Spec private CommandSpec spec;

  @Option(
      names = "--cases",
      paramLabel = "N",
      converter = Counts.class,
      description = "execute cases until there are N on each oracle (default 500k, half a minute)")
  private long cases = 500_000;

  @Option(names = "--seed", paramLabel = "S", description = "decides the cases (default 1)")
  private long seed = 1;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "where the campaign is kept (default trampoline-diff)")
  private Path folder = Path.of("trampoline-diff");

  @Option(names = "--json", description = "print the table as one JSON object")
  private boolean json;

  CoverageCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    CampaignOptions options = new CampaignOptions(cases, seed, folder);
    try (CampaignRun run = new CampaignRun(options, out, spec.commandLine().getErr())) {
      return print(run, out);
    }
  }

  private int print(CampaignRun run, PrintWriter out) {
    Map<String, Tally> tallies = new LinkedHashMap<>();
    Map<String, String> labels = new LinkedHashMap<>();
    for (CampaignRun.Outcome outcome : run.execute(JUDGES)) {
      tallies.put(outcome.oracle(), outcome.tally());
      labels.put(outcome.oracle(), outcome.label());
    }
    List<Coverage.Row> rows = new Coverage(tallies).rows();
    if (json) {
      CoverageText.json(rows, labels, run.absent(), out);
    } else {
      CoverageText.table(rows, labels, run.absent(), out);
    }
    out.flush();
    return rows.stream().anyMatch(row -> row.missing() || row.divergences() > 0) ? 1 : 0;
  }
}
