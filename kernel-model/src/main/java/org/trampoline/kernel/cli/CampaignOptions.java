package org.trampoline.kernel.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.differential.campaign.FormGroup;
import org.trampoline.emulator.differential.campaign.Plan;
import picocli.CommandLine.Option;

/** The options of {@code trampoline diff} that make a campaign of it. */
final class CampaignOptions {
  @Option(
      names = "--cases",
      required = true,
      paramLabel = "N",
      converter = Counts.class,
      description = "execute N generated cases on our machine and on oracles")
  private long cases;

  @Option(names = "--seed", paramLabel = "S", description = "decides the cases (default 1)")
  private long seed = 1;

  @Option(
      names = "--group",
      paramLabel = "NAME",
      split = ",",
      description = "only instructions of these groups: arithmetic, shift, x87, …")
  private List<String> groups = new ArrayList<>();

  @Option(
      names = "--form",
      paramLabel = "FORM",
      description =
          "only this form, as the instruction table writes it: 'add r/m32, r32'; may be repeated")
  private List<String> forms = new ArrayList<>();

  @Option(
      names = "--oracle",
      paramLabel = "NAME",
      description =
          "host, unicorn, interpreter and translator (our own engines), or all (default: all here)")
  private String oracle = "all";

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description =
          "where the campaign is kept: an interrupted one goes on from there; report and cases go"
              + " there too (default trampoline-diff)")
  private Path folder = Path.of("trampoline-diff");

  @Option(
      names = "--max-divergences",
      paramLabel = "N",
      converter = Counts.class,
      description = "end after N divergences (default: no limit)")
  private long limit = Long.MAX_VALUE;

  CampaignOptions() {}

  /** All forms on all oracles. */
  CampaignOptions(long cases, long seed, Path folder) {
    this.cases = cases;
    this.seed = seed;
    this.folder = folder;
  }

  long maxDivergences() {
    return limit;
  }

  Plan plan() {
    Set<FormGroup> chosen = new TreeSet<>();
    try {
      groups.forEach(name -> chosen.add(FormGroup.named(name)));
      List<Form> selected = Plan.select(chosen, forms);
      return new Plan(seed, cases, selected);
    } catch (IllegalArgumentException e) {
      throw new BadInput("diff: " + e.getMessage());
    }
  }

  List<OracleName> oracles() {
    if (oracle.equals("all")) {
      return List.of(OracleName.values());
    }
    for (OracleName name : OracleName.values()) {
      if (name.name().equals(oracle)) {
        return List.of(name);
      }
    }
    throw new BadInput(
        "--oracle " + oracle + ": expected host, unicorn, interpreter, translator or all");
  }

  /** Whether an oracle that is not here is an error. */
  boolean oracleNamed() {
    return !oracle.equals("all");
  }

  Path folder() {
    return folder;
  }
}
