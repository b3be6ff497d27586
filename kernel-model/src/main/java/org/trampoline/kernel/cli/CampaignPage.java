package org.trampoline.kernel.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.differential.campaign.Finding;
import org.trampoline.emulator.differential.campaign.Plan;
import org.trampoline.emulator.differential.campaign.Tally;
import org.trampoline.emulator.differential.cases.CaseDivergence;
import org.trampoline.emulator.differential.cases.CaseGenerator;
import org.trampoline.emulator.differential.cases.StateRow;

/** A campaign's report: one page that needs nothing else. */
final class CampaignPage {
  private static final String[] MAPS = {"one-byte", "0F", "0F 38", "0F 3A"};

  /** How many mnemonics of an erratum are named. */
  private static final int NAMED = 12;

  /** How many divergences show without a click. */
  private static final int OPEN = 8;

  private final Plan plan;
  private final List<CampaignRun.Outcome> outcomes;
  private final List<String> absent;
  private final StringBuilder html = new StringBuilder();

  CampaignPage(Plan plan, List<CampaignRun.Outcome> outcomes, List<String> absent) {
    this.plan = plan;
    this.outcomes = outcomes;
    this.absent = absent;
  }

  String html() {
    html.append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">");
    html.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    html.append("<title>Trampoline: differential campaign</title><style>");
    html.append(style()).append("</style></head><body>");
    html.append("<h1>Differential campaign</h1><p class=\"dim\">Trampoline’s interpreter, seed ");
    html.append(plan.seed()).append(", ").append(plan.forms().size()).append(" forms of ");
    html.append(InstructionTable.get().forms().size()).append(" in the instruction table</p>");
    for (String reason : absent) {
      html.append("<p>Without ").append(escape(reason)).append("</p>");
    }
    outcomes.forEach(this::oracle);
    notExecuted();
    return html.append("</body></html>\n").toString();
  }

  private void oracle(CampaignRun.Outcome outcome) {
    Tally tally = outcome.tally();
    html.append("<h2>").append(escape(outcome.label())).append("</h2><p class=\"verdict ");
    html.append(tally.divergences() == 0 ? "good\">" : "bad\">").append(verdict(outcome));
    html.append("</p><div class=\"cards\">");
    long explained = tally.errata().values().stream().mapToLong(Long::longValue).sum();
    long rate = tally.cases() / Math.max(1, tally.seconds());
    card("", "%,d".formatted(tally.cases()), "cases");
    card(
        tally.divergences() == 0 ? "good" : "bad",
        "%,d".formatted(tally.divergences()),
        "divergences unexplained");
    card("", "%,d".formatted(tally.sequences()), "of them sequences");
    card("", "%,d".formatted(explained), "explained by errata");
    card("", "%,d".formatted(tally.faults()), "raised an exception");
    card("", "%,d".formatted(tally.undecided()), "undecided");
    card("", "%d / %d".formatted(tally.casesOf().size(), plan.forms().size()), "forms");
    card("", "%,d".formatted(rate), "cases a second");
    html.append("</div>");
    if (!outcome.finished()) {
      html.append("<p>Interrupted: the same command goes on from here.</p>");
    }
    html.append("<p class=\"dim\">The same cases on any machine: <code>trampoline diff --cases ");
    html.append(plan.cases()).append(" --seed ").append(plan.seed()).append(" --oracle ");
    html.append(escape(outcome.oracle()));
    html.append(restricted() ? "</code>, with the forms chosen here</p>" : "</code></p>");
    if (!outcome.breakdowns().isEmpty()) {
      html.append("<p>").append(escape(outcome.breakdowns())).append("</p>");
    }
    findings(outcome);
    maps(tally);
    errata(tally);
  }

  private static String verdict(CampaignRun.Outcome outcome) {
    Tally tally = outcome.tally();
    int groups = tally.findings().size();
    return tally.divergences() == 0
        ? "Equal: nothing differs that no erratum explains."
        : "%,d cases differ, in %d group%s below."
            .formatted(tally.divergences(), groups, groups == 1 ? "" : "s");
  }

  private boolean restricted() {
    return plan.forms().size() != Plan.select(Set.of(), List.of()).size();
  }

  private void card(String kind, String number, String text) {
    html.append("<div class=\"card ").append(kind).append("\"><b>").append(number);
    html.append("</b>").append(text).append("</div>");
  }

  // ---- coverage

  private void maps(Tally tally) {
    html.append("<h3>Coverage by opcode</h3><p class=\"dim legend\">forms executed of those there");
    html.append(" are <span style=\"background:var(--good)\"></span>equal");
    html.append("<span style=\"background:var(--open)\"></span>in part");
    html.append("<span style=\"background:var(--none)\"></span>not executed");
    html.append("<span style=\"background:var(--bad)\"></span>diverges</p>");
    for (int map = 0; map < MAPS.length; map++) {
      map(map, tally);
    }
  }

  private void map(int map, Tally tally) {
    html.append("<details").append(map < 2 ? " open" : "").append("><summary>");
    html.append(MAPS[map]).append("</summary><div class=\"scroll\"><table class=\"map\"><tr><th>");
    for (int column = 0; column < 16; column++) {
      html.append("<th>").append(Integer.toHexString(column).toUpperCase(Locale.ROOT));
    }
    for (int row = 0; row < 16; row++) {
      html.append("<tr><th>").append(Integer.toHexString(row).toUpperCase(Locale.ROOT)).append('0');
      for (int column = 0; column < 16; column++) {
        cell(forms(map, row * 16 + column), tally);
      }
    }
    html.append("</table></div></details>");
  }

  private static List<Form> forms(int map, int opcode) {
    List<Form> forms = new ArrayList<>();
    for (Form form : InstructionTable.get().forms()) {
      int first = form.encoding().opcode();
      int last = form.encoding().registerInOpcode() ? first + 7 : first;
      if (form.encoding().map() == map && opcode >= first && opcode <= last) {
        forms.add(form);
      }
    }
    return forms;
  }

  private void cell(List<Form> forms, Tally tally) {
    if (forms.isEmpty()) {
      html.append("<td class=\"none\">");
      return;
    }
    long executed = forms.stream().filter(tally.casesOf()::containsKey).count();
    boolean diverges = forms.stream().anyMatch(tally.divergencesOf()::containsKey);
    String kind = diverges ? "bad" : executed == 0 ? "none" : executed < forms.size() ? "open" : "";
    StringBuilder title = new StringBuilder();
    for (Form form : forms) {
      title
          .append(form.encoding().text())
          .append("  ")
          .append(form.notation())
          .append(": ")
          .append("%,d".formatted(tally.casesOf().getOrDefault(form, 0L)))
          .append(" cases\n");
    }
    html.append("<td class=\"").append(kind).append("\" title=\"").append(escape(title.toString()));
    html.append("\"><b>").append(escape(name(forms))).append("</b>");
    html.append(executed).append('/').append(forms.size());
  }

  /** The mnemonic that they have, or the first one. */
  private static String name(List<Form> forms) {
    String first = forms.getFirst().mnemonic();
    return forms.stream().allMatch(form -> form.mnemonic().equals(first)) ? first : first + " …";
  }

  // ---- divergences

  private void findings(CampaignRun.Outcome outcome) {
    if (outcome.tally().findings().isEmpty()) {
      return;
    }
    html.append("<h3>Divergences</h3>");
    int number = 1;
    for (Finding finding : outcome.tally().findings()) {
      html.append(number <= OPEN ? "<details open>" : "<details>").append("<summary><code>");
      CaseDivergence example = finding.example();
      String what = example.isSequence() ? example.mnemonics() : example.form().notation();
      html.append(escape(what)).append("</code> differs in ");
      html.append(escape(String.join(", ", fields(finding)))).append(" · ");
      html.append("%,d case%s".formatted(finding.count(), finding.count() == 1 ? "" : "s"));
      html.append(" · <code>");
      html.append(CampaignRun.fileName(outcome, number++)).append("</code></summary>");
      listing(example);
      html.append(
          "<div class=\"scroll\"><table class=\"state\"><tr><th><th>before<th>Trampoline<th>");
      html.append(escape(outcome.oracle()));
      for (StateRow row : StateRow.of(finding.example())) {
        boolean same = !row.differs() && row.before().equals(row.ours());
        html.append(
            row.differs() ? "<tr class=\"differs\">" : same ? "<tr class=\"dim\">" : "<tr>");
        for (String cell : List.of(row.name(), row.before(), row.ours(), row.theirs())) {
          html.append("<td>").append(escape(cell));
        }
      }
      html.append("</table></div></details>");
    }
  }

  private void listing(CaseDivergence example) {
    html.append("<pre>");
    for (CaseDivergence.Line line : example.listing()) {
      String bytes = HexFormat.ofDelimiter(" ").formatHex(line.bytes());
      html.append(escape("%08x  %-24s %s%n".formatted(line.address(), bytes, line.text())));
    }
    html.append("</pre>");
    if (example.isSequence()) {
      html.append("<p class=\"dim\">None of these differs when it is executed alone.</p>");
    }
  }

  private static List<String> fields(Finding finding) {
    return finding.example().fields().stream()
        .map(field -> field.name().toLowerCase(Locale.ROOT).replace('_', ' '))
        .toList();
  }

  private void errata(Tally tally) {
    if (tally.errata().isEmpty()) {
      return;
    }
    html.append("<h3>Errata of the oracle that showed</h3><div class=\"scroll\">");
    html.append("<table class=\"list\"><tr><th>cases<th>forms<th>when<th>proof");
    for (Map.Entry<String, Long> erratum : tally.errata().entrySet()) {
      html.append("<tr><td class=\"n\">").append("%,d".formatted(erratum.getValue()));
      String[] parts = erratum.getKey().split(" ; ", 3);
      html.append("<td>").append(escape(mnemonics(parts[0]))).append("<td>");
      html.append(parts[1].toLowerCase(Locale.ROOT).replace('_', ' '));
      html.append("<td>").append(escape(parts[2]));
    }
    html.append("</table></div>");
  }

  /** What an erratum's pattern matches. */
  private static String mnemonics(String pattern) {
    Pattern forms = Pattern.compile(pattern);
    List<Form> all = InstructionTable.get().forms();
    List<Form> matching =
        all.stream()
            .filter(f -> forms.matcher(f.encoding().text() + " | " + f.notation()).matches())
            .toList();
    List<String> names = matching.stream().map(Form::mnemonic).distinct().toList();
    if (matching.size() == all.size()) {
      return "all";
    }
    int more = names.size() - NAMED;
    return String.join(", ", names.subList(0, Math.min(NAMED, names.size())))
        + (more > 0 ? " and " + more + " more" : "");
  }

  private void notExecuted() {
    html.append(
        "<h2>Forms without generated cases</h2><div class=\"scroll\"><table class=\"list\">");
    for (Form form : InstructionTable.get().forms()) {
      String reason = CaseGenerator.whyNot(form);
      if (reason != null) {
        html.append("<tr><td><code>").append(escape(form.notation())).append("</code><td>");
        html.append(escape(reason));
      }
    }
    html.append("</table></div>");
  }

  private static String style() {
    try (InputStream in = CampaignPage.class.getResourceAsStream("campaign.css")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("resource campaign.css", e);
    }
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }
}
