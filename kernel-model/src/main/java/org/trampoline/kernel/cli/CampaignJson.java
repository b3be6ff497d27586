package org.trampoline.kernel.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.differential.campaign.Finding;
import org.trampoline.emulator.differential.campaign.Plan;
import org.trampoline.emulator.differential.campaign.Tally;

/** A campaign's result for programs. */
final class CampaignJson {
  private CampaignJson() {}

  static void print(
      Plan plan, List<CampaignRun.Outcome> outcomes, List<String> absent, PrintWriter out) {
    try (JsonOutput json = new JsonOutput(out)) {
      json.beginObject();
      json.number("seed", plan.seed());
      json.number("forms", plan.forms().size());
      json.beginArray("absent");
      absent.forEach(json::element);
      json.endArray();
      json.beginArray("oracles");
      for (CampaignRun.Outcome outcome : outcomes) {
        oracle(json, outcome);
      }
      json.endArray();
      json.endObject();
    }
  }

  private static void oracle(JsonOutput json, CampaignRun.Outcome outcome) {
    Tally tally = outcome.tally();
    json.beginObject();
    json.string("oracle", outcome.oracle());
    json.string("label", outcome.label());
    json.truth("finished", outcome.finished());
    json.string("breakdowns", outcome.breakdowns());
    json.number("cases", tally.cases());
    json.number("sequences", tally.sequences());
    json.number("faults", tally.faults());
    json.number("undecided", tally.undecided());
    json.number("seconds", tally.seconds());
    json.number("divergences", tally.divergences());
    json.beginArray("errata");
    for (Map.Entry<String, Long> erratum : tally.errata().entrySet()) {
      json.beginObject();
      json.string("erratum", erratum.getKey());
      json.number("cases", erratum.getValue());
      json.endObject();
    }
    json.endArray();
    json.beginArray("forms");
    for (Map.Entry<Form, Long> form : tally.casesOf().entrySet()) {
      json.beginObject();
      json.string("encoding", form.getKey().encoding().text());
      json.string("form", form.getKey().notation());
      json.number("cases", form.getValue());
      json.number("divergences", tally.divergencesOf().getOrDefault(form.getKey(), 0L));
      json.endObject();
    }
    json.endArray();
    json.beginArray("findings");
    int number = 1;
    for (Finding finding : tally.findings()) {
      json.beginObject();
      boolean sequence = finding.example().isSequence();
      json.string("form", sequence ? "" : finding.example().form().notation());
      json.string("sequence", sequence ? finding.example().mnemonics() : "");
      json.string("fields", finding.example().fields().toString().toLowerCase(Locale.ROOT));
      json.number("count", finding.count());
      json.string("file", CampaignRun.fileName(outcome, number++));
      json.string("case", finding.example().toString());
      json.endObject();
    }
    json.endArray();
    json.endObject();
  }
}
