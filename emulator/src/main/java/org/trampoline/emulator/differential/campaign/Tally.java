package org.trampoline.emulator.differential.campaign;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.differential.cases.CaseDivergence;
import org.trampoline.emulator.differential.cases.Erratum;

/** What a campaign against one oracle has counted and found so far. */
public final class Tally {
  /** From how many divergences on a form is left out: it is known by then that it is wrong. */
  static final int ENOUGH = 40;

  long cases;
  long faults;
  long undecided;

  /** Of the cases, those that are sequences. */
  long sequences;

  /** Divergences that only sequences show. */
  long sequenceDivergences;

  long seconds;

  /** The next sweep over all forms; what comes before it is counted whole. */
  long sweep;

  final Map<Form, Long> casesOf = new TreeMap<>(java.util.Comparator.comparingInt(Form::id));
  final Map<Form, Long> divergencesOf = new TreeMap<>(java.util.Comparator.comparingInt(Form::id));
  final Map<String, Long> errata = new LinkedHashMap<>();
  final Map<String, Finding> findings = new LinkedHashMap<>();

  /** Cases compared. */
  public long cases() {
    return cases;
  }

  /** How many of them raised an exception. */
  public long faults() {
    return faults;
  }

  /** How many of them the oracle had no result for. */
  public long undecided() {
    return undecided;
  }

  /** How many of the cases were sequences of instructions. */
  public long sequences() {
    return sequences;
  }

  /** How many sequences differ although none of their instructions does by itself. */
  public long sequenceDivergences() {
    return sequenceDivergences;
  }

  /** How long it has been at work, in seconds. */
  public long seconds() {
    return seconds;
  }

  /** Divergences that no erratum explains. */
  public long divergences() {
    return sequenceDivergences + divergencesOf.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Cases of each form that has had any. */
  public Map<Form, Long> casesOf() {
    return casesOf;
  }

  /** Divergences of each form that has had any, executed alone. */
  public Map<Form, Long> divergencesOf() {
    return divergencesOf;
  }

  /** How many cases each erratum has explained, by {@link #name(Erratum)}. */
  public Map<String, Long> errata() {
    return errata;
  }

  /** Divergences, grouped. */
  public java.util.Collection<Finding> findings() {
    return findings.values();
  }

  /** What an erratum is counted under. */
  static String name(Erratum erratum) {
    return erratum.forms().pattern() + " ; " + erratum.when() + " ; " + erratum.proof();
  }

  boolean enough(Form form) {
    return divergencesOf.getOrDefault(form, 0L) >= ENOUGH;
  }

  boolean enoughSequences() {
    return sequenceDivergences >= ENOUGH;
  }

  /** Whether it is the first of its group. */
  boolean isNew(CaseDivergence divergence) {
    return !findings.containsKey(Finding.key(divergence));
  }

  void add(CaseDivergence divergence) {
    if (divergence.isSequence()) {
      sequenceDivergences++;
    } else {
      divergencesOf.merge(divergence.form(), 1L, Long::sum);
    }
    findings.merge(
        Finding.key(divergence), new Finding(divergence, 1), (known, one) -> known.again());
  }

  Tally copy() {
    Tally copy = new Tally();
    copy.cases = cases;
    copy.faults = faults;
    copy.undecided = undecided;
    copy.sequences = sequences;
    copy.sequenceDivergences = sequenceDivergences;
    copy.seconds = seconds;
    copy.sweep = sweep;
    copy.casesOf.putAll(casesOf);
    copy.divergencesOf.putAll(divergencesOf);
    copy.errata.putAll(errata);
    copy.findings.putAll(findings);
    return copy;
  }
}
