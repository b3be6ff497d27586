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
  /** What differs, too, where only one side has delivered an exception on the case's stack. */
  private static final Set<StateField> OF_DELIVERY =
      EnumSet.of(
          StateField.EIP,
          StateField.ERROR_CODE,
          StateField.ADDRESS,
          StateField.CR2,
          StateField.MEMORY);

  private final List<Erratum> errata;
  private final Map<Form, List<Erratum>> concerning = new HashMap<>();
  private final Map<Erratum, Long> counts = new HashMap<>();

  private long total;
  private List<Erratum> last = List.of();

  public ErrataList(Oracle oracle) {
    this(oracle.name(), oracle.label());
  }

  /** Those of the oracle or engine of that name and label. */
  public ErrataList(String name, String label) {
    this(Erratum.list().stream().filter(erratum -> erratum.concerns(name, label)).toList());
  }

  ErrataList(List<Erratum> errata) {
    this.errata = errata;
  }

  /** How many cases each of the errata that showed has explained. */
  public Map<Erratum, Long> counts() {
    return Map.copyOf(counts);
  }

  /** How many cases they have explained. */
  long total() {
    return total;
  }

  /** Those that have explained the last of these cases. */
  List<Erratum> last() {
    return last;
  }

  /**
   * The first of the errata that are behind a step of a program run in lockstep.
   *
   * @return null if none is
   */
  public Erratum behind(LockstepRecords step, Insn insn, Set<StateField> fields) {
    for (Erratum erratum : concerning.computeIfAbsent(insn.form, this::about)) {
      if (erratum.appliesInLockstep(insn, step.before(), step.ours(), step.theirs())
          && erratum.fields().containsAll(fields)) {
        return erratum;
      }
    }
    return null;
  }

  /** Whether cases of a form may differ although nothing faults. */
  public boolean mayShow(Form form) {
    return concerning.computeIfAbsent(form, this::about).stream()
        .anyMatch(Erratum::mayShowWithoutFault);
  }

  /** Whether cases of a form may leave memory different. */
  boolean mayChangeMemory(Form form) {
    return concerning.computeIfAbsent(form, this::about).stream().anyMatch(this::inMemory);
  }

  /** Whether a case may have left memory different. */
  boolean changesMemory(Insn insn, long before, long ours, long theirs) {
    return concerning.computeIfAbsent(insn.form, this::about).stream()
        .anyMatch(erratum -> inMemory(erratum) && erratum.applies(insn, before, ours, theirs));
  }

  private boolean inMemory(Erratum erratum) {
    return erratum.fields().contains(StateField.MEMORY)
        || erratum.fields().contains(StateField.MXCSR_MASK);
  }

  /**
   * Whether it is known of some cases of a form what ours must do, although the oracle is wrong.
   */
  boolean expects(Form form) {
    return concerning.computeIfAbsent(form, this::about).stream().anyMatch(e -> e.expected() >= 0);
  }

  /** Whether ours does not do in a case what is expected of it. */
  boolean isBroken(Insn insn, long before, long ours) {
    return concerning.computeIfAbsent(insn.form, this::about).stream()
        .anyMatch(erratum -> erratum.isBroken(insn, before, ours));
  }

  /**
   * The errata that explain why a case's results differ in these fields.
   *
   * @return null if they do not
   */
  List<Erratum> explaining(
      CaseRun run, Set<StateField> fields, long before, long ours, long theirs) {
    Insn insn = run.insn;
    Set<StateField> allowed = EnumSet.noneOf(StateField.class);
    List<Erratum> showing = new ArrayList<>();
    for (Erratum erratum : concerning.computeIfAbsent(insn.form, this::about)) {
      if (erratum.applies(insn, before, ours, theirs)
          && fields.stream().anyMatch(erratum.fields()::contains)) {
        allowed.addAll(erratum.fields());
        showing.add(erratum);
      }
    }
    if (run.system && allowed.contains(StateField.VECTOR)) {
      allowed.addAll(OF_DELIVERY);
    }
    return allowed.containsAll(fields) ? showing : null;
  }

  /**
   * The errata that explain why a sequence's results differ in these fields.
   *
   * @return null if they do not
   */
  List<Erratum> explainingSequence(
      CaseProgram program, Set<StateField> fields, long ours, long theirs) {
    List<Erratum> showing =
        errata.stream()
            .filter(erratum -> erratum.appliesToSequence(program, ours, theirs))
            .filter(erratum -> erratum.fields().containsAll(fields))
            .toList();
    return showing.isEmpty() ? null : showing;
  }

  /** Counts a case that they have explained. */
  void count(List<Erratum> showing) {
    total++;
    last = showing;
    showing.forEach(erratum -> counts.merge(erratum, 1L, Long::sum));
  }

  private List<Erratum> about(Form form) {
    return errata.stream().filter(erratum -> erratum.concerns(form)).toList();
  }
}
