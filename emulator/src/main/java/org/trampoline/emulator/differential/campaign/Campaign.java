package org.trampoline.emulator.differential.campaign;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.differential.cases.CaseBatch;
import org.trampoline.emulator.differential.cases.CaseComparison;
import org.trampoline.emulator.differential.cases.CaseDivergence;
import org.trampoline.emulator.differential.cases.CaseGenerator;
import org.trampoline.emulator.differential.cases.CaseRun;
import org.trampoline.emulator.differential.cases.CaseShrinker;
import org.trampoline.emulator.differential.cases.Erratum;
import org.trampoline.emulator.differential.cases.Oracle;
import org.trampoline.emulator.differential.cases.SequenceGenerator;

/**
 * Executes a {@link Plan} on our machine and an oracle. It goes in sweeps: each has a run of cases
 * of every form in every mode, in an order of its own, and sequences, and is counted whole or not
 * at all, so a campaign that was interrupted goes on behind the last whole sweep as if nothing had
 * happened.
 *
 * <pre>{@code
 * Plan plan = new Plan(1, 1_000_000, Plan.select(Set.of(), List.of()));
 * try (Oracle ours = new MachineOracle();
 *     Oracle theirs = new EngineOracle(myEngine, "my engine 1.0");
 *     Campaign campaign = new Campaign(plan, ours, theirs, new Tally())) {
 *   while (campaign.step()) {}
 *   campaign.tally().findings().forEach(System.out::println);
 * }
 * }</pre>
 */
public final class Campaign implements AutoCloseable {
  /** Part of a sweep: forms whose cases can be in one batch. */
  private record Leg(CaseBatch.Mode mode, boolean fx, List<Form> forms) {}

  /** Sequences without and with x87, MMX and SSE instructions in a sweep; each from four states. */
  private static final int SEQUENCES = 512;

  /** How many runs of each form a sweep has that can be in a straight line: they cost least. */
  private static final int CHAIN_RUNS = 16;

  /** The same in ring 0 for what does other things there than in ring 3; others have one. */
  private static final int PRIVILEGED_RUNS = 8;

  /** Sequences come first: a few of them go all ways that many single instructions go. */
  private static final List<CaseBatch.Mode> ORDER =
      List.of(
          CaseBatch.Mode.SEQUENCE,
          CaseBatch.Mode.SYSTEM,
          CaseBatch.Mode.CHAIN,
          CaseBatch.Mode.TRAP,
          CaseBatch.Mode.PROTECTION);

  private final Plan plan;
  private final Oracle theirs;
  private final CaseGenerator generator;
  private final SequenceGenerator sequences;
  private final CaseComparison comparison;
  private final CaseShrinker shrinker;
  private final CaseBatch batch = new CaseBatch();
  private final Tally tally;
  private final List<Leg> legs = new ArrayList<>();
  private final Map<Erratum, Long> errataBefore = new HashMap<>();
  private Tally whole;
  private int leg;
  private int form;
  private List<Form> order = List.of();
  private long started = System.nanoTime();

  /**
   * @param ours our machine, and {@code theirs} the oracle; both stay the caller's
   * @param tally what was counted before, or an empty one; it goes on
   * @throws IllegalArgumentException if the oracle can judge none of the forms
   */
  public Campaign(Plan plan, Oracle ours, Oracle theirs, Tally tally) {
    this.plan = plan;
    this.theirs = theirs;
    this.tally = tally;
    whole = tally.copy();
    generator = new CaseGenerator(plan.seed());
    comparison = new CaseComparison(ours, theirs);
    shrinker = new CaseShrinker(ours, theirs);
    sequences = new SequenceGenerator(plan.seed(), inSequences());
    for (CaseBatch.Mode mode : ORDER) {
      if (theirs.whyNot(mode) == null) {
        addLeg(mode, false);
        addLeg(mode, true);
      }
    }
    if (legs.isEmpty()) {
      throw new IllegalArgumentException(
          theirs.label() + " can judge none of the forms: " + whyNot(plan.forms().get(0)));
    }
    beginLeg();
  }

  private String whyNot(Form form) {
    return ORDER.stream()
        .filter(mode -> CaseGenerator.allows(form, mode))
        .map(mode -> theirs.whyNot(form, mode))
        .findFirst()
        .orElse("no cases");
  }

  /** What errata say of a form alone would have to be found out for each sequence anew. */
  private List<Form> inSequences() {
    return plan.forms().stream()
        .filter(
            f ->
                theirs.whyNot(f, CaseBatch.Mode.SEQUENCE) == null
                    && !comparison.errata().mayShow(f))
        .toList();
  }

  private void addLeg(CaseBatch.Mode mode, boolean fx) {
    if (mode == CaseBatch.Mode.SEQUENCE) {
      if (sequences.has(fx)) {
        legs.add(new Leg(mode, fx, List.of()));
      }
      return;
    }
    List<Form> forms =
        plan.forms().stream()
            .filter(f -> CaseGenerator.allows(f, mode) && CaseGenerator.needsFx(f) == fx)
            .filter(f -> theirs.whyNot(f, mode) == null)
            .toList();
    if (!forms.isEmpty()) {
      legs.add(new Leg(mode, fx, forms));
    }
  }

  /** What it has counted; changes with every step. */
  public Tally tally() {
    return tally;
  }

  /** What it had counted behind the last whole sweep: that is what can be resumed. */
  public Tally whole() {
    return whole;
  }

  /** The plan. */
  public Plan plan() {
    return plan;
  }

  /** The oracle. */
  public Oracle oracle() {
    return theirs;
  }

  /** How many of the plan's forms the oracle can judge. */
  public long judged() {
    return legs.stream().flatMap(l -> l.forms().stream()).distinct().count();
  }

  /**
   * Executes a batch.
   *
   * @return false if the plan is fulfilled, and nothing was done
   */
  public boolean step() {
    if (tally.cases >= plan.cases()) {
      return false;
    }
    if (legs.stream().allMatch(this::enough)) {
      return false;
    }
    batch.clear(legs.get(leg).mode(), legs.get(leg).fx());
    int forms = order.size();
    int runs = forms * runs();
    if (legs.get(leg).mode() == CaseBatch.Mode.SEQUENCE) {
      runs = whole.enoughSequences() ? 0 : SEQUENCES;
      while (form < runs && sequences.add(batch, tally.sweep * SEQUENCES + form)) {
        form++;
      }
    } else {
      while (form < runs && taken(order.get(form % forms), form / forms)) {
        form++;
      }
    }
    if (batch.cases() > 0) {
      compare();
    }
    if (form == runs) {
      endLeg();
    }
    return true;
  }

  private boolean enough(Leg l) {
    return l.mode() == CaseBatch.Mode.SEQUENCE
        ? tally.enoughSequences()
        : l.forms().stream().allMatch(tally::enough);
  }

  private void compare() {
    long faults = comparison.faults();
    long undecided = comparison.undecided();
    comparison.run(batch, this::found);
    tally.cases += batch.cases();
    tally.faults += comparison.faults() - faults;
    tally.undecided += comparison.undecided() - undecided;
    boolean sequence = batch.mode() == CaseBatch.Mode.SEQUENCE;
    tally.sequences += sequence ? batch.cases() : 0;
    for (int i = 0; i < batch.runs() && !sequence; i++) {
      CaseRun run = batch.run(i);
      tally.casesOf.merge(run.form(), (long) run.count(), Long::sum);
    }
    comparison.errata().counts().forEach(this::explained);
    long now = System.nanoTime();
    tally.seconds += (now - started) / 1_000_000_000;
    started += (now - started) / 1_000_000_000 * 1_000_000_000;
  }

  /** Adds to the tally what an erratum has explained since it was asked last. */
  private void explained(Erratum erratum, long count) {
    Long before = errataBefore.put(erratum, count);
    long fresh = count - (before == null ? 0 : before);
    if (fresh != 0) {
      tally.errata.merge(Tally.name(erratum), fresh, Long::sum);
    }
  }

  private void found(CaseDivergence divergence) {
    // sequences are told apart by what is left of them
    boolean fresh = divergence.isSequence() || tally.isNew(divergence);
    tally.add(fresh ? shrinker.shrink(divergence) : divergence);
  }

  private void endLeg() {
    leg++;
    if (leg == legs.size()) {
      leg = 0;
      tally.sweep++;
      whole = tally.copy();
    }
    beginLeg();
  }

  /** Whether a form's run is in the batch or left out; false if there is no more room. */
  private boolean taken(Form next, int run) {
    boolean usual = legs.get(leg).mode() != CaseBatch.Mode.SYSTEM || run == 0;
    return whole.enough(next)
        || !usual && !CaseGenerator.isPrivileged(next)
        || generator.add(batch, next, tally.sweep * runs() + run);
  }

  private int runs() {
    return switch (legs.get(leg).mode()) {
      case CHAIN -> CHAIN_RUNS;
      case SYSTEM -> PRIVILEGED_RUNS;
      default -> 1;
    };
  }

  /** A short campaign, too, should see forms from all over the table. */
  private void beginLeg() {
    form = 0;
    order = new ArrayList<>(legs.get(leg).forms());
    SplittableRandom random = new SplittableRandom(plan.seed() * 31 + tally.sweep * 8 + leg);
    for (int i = order.size() - 1; i > 0; i--) {
      java.util.Collections.swap(order, i, random.nextInt(i + 1));
    }
  }

  @Override
  public void close() {
    comparison.close();
    shrinker.close();
    batch.close();
  }
}
