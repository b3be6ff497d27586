package org.trampoline.emulator.differential.cases;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.Insn;

/** The errata of one oracle, with a count of the cases that each has explained. */
public final class ErrataList {
  private final List<Erratum> errata;
  private final Map<Form, List<Erratum>> concerning = new HashMap<>();
  private final Map<Erratum, Long> counts = new HashMap<>();

  public ErrataList(Oracle oracle) {
    errata = Erratum.list().stream().filter(erratum -> erratum.concerns(oracle)).toList();
  }

  /** How many cases each of the errata that showed has explained. */
  public Map<Erratum, Long> counts() {
    return Map.copyOf(counts);
  }

  /** Whether errata explain that a case's results differ in these fields; counts them if so. */
  boolean explain(Insn insn, Set<StateField> fields, long before, long ours, long theirs) {
    if (fields.isEmpty()) {
      return true;
    }
    Set<StateField> allowed = EnumSet.noneOf(StateField.class);
    List<Erratum> showing = new ArrayList<>();
    for (Erratum erratum : concerning.computeIfAbsent(insn.form, this::about)) {
      if (erratum.applies(insn, before, ours, theirs)
          && fields.stream().anyMatch(erratum.fields()::contains)) {
        allowed.addAll(erratum.fields());
        showing.add(erratum);
      }
    }
    if (!allowed.containsAll(fields)) {
      return false;
    }
    showing.forEach(erratum -> counts.merge(erratum, 1L, Long::sum));
    return true;
  }

  private List<Erratum> about(Form form) {
    return errata.stream().filter(erratum -> erratum.concerns(form)).toList();
  }
}
