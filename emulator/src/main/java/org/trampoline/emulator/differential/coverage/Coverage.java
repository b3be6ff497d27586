package org.trampoline.emulator.differential.coverage;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.InstructionTable;
import org.trampoline.emulator.differential.campaign.Tally;

/** For each form of the instruction table, in its order: what was compared, and with whom. */
public final class Coverage {
  /**
   * The evidence for a form.
   *
   * @param cases compared, by oracle; an oracle that cannot judge the form has 0
   * @param divergences that no erratum explains, over all oracles
   * @param tests those written from the SDM
   */
  public record Row(
      Form form, Map<String, Long> cases, long divergences, List<HandWritten.Entry> tests) {
    /** Whether any oracle has judged it. */
    public boolean judged() {
      return cases.values().stream().anyMatch(n -> n > 0);
    }

    /** No oracle has judged it, but tests execute it. */
    public boolean handWrittenOnly() {
      return !judged() && !tests.isEmpty();
    }

    /** Nothing shows that it is right. */
    public boolean missing() {
      return !judged() && tests.isEmpty();
    }
  }

  private final List<Row> rows = new ArrayList<>();

  /**
   * @param tallies of campaigns, by oracle
   */
  public Coverage(Map<String, Tally> tallies) {
    for (Form form : InstructionTable.get().forms()) {
      Map<String, Long> cases = new LinkedHashMap<>();
      long divergences = 0;
      for (Map.Entry<String, Tally> oracle : tallies.entrySet()) {
        cases.put(oracle.getKey(), oracle.getValue().casesOf().getOrDefault(form, 0L));
        divergences += oracle.getValue().divergencesOf().getOrDefault(form, 0L);
      }
      rows.add(new Row(form, cases, divergences, HandWritten.get().of(form)));
    }
  }

  public List<Row> rows() {
    return List.copyOf(rows);
  }
}
