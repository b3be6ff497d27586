package org.trampoline.emulator.translate.lockstep;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;

/**
 * Runs a scenario on translator and interpreter. After each slice everything is compared; a
 * difference is narrowed to the instruction behind which it first shows, and events from outside
 * that it does not need are left out.
 */
public final class ScenarioLockstep {
  /** A string instruction may repeat for billions of elements: what takes longer ends the run. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final Duration TRANSLATORS_PATIENCE = Duration.ofSeconds(60);

  /** Instructions shown before the one with a difference. */
  private static final int TRAIL = 12;

  /** What a run came to: a difference, and where; or none. */
  private record Outcome(String difference, int slice, int count) {
    static final Outcome EQUAL = new Outcome(null, 0, 0);
  }

  /** Told of each run's translating machine at its end, for statistics. */
  public interface Witness {
    void ended(Machine translator, List<StopReason> stops);
  }

  private final Scenario scenario;
  private final Witness witness;
  private final Set<Integer> quiet = new HashSet<>();

  public ScenarioLockstep(Scenario scenario, Witness witness) {
    this.scenario = scenario;
    this.witness = witness;
  }

  /** Runs it; returns what differs first and how it comes to that, or null. */
  public String run() {
    Outcome outcome = run(Integer.MAX_VALUE, 0, witness);
    if (outcome.difference == null) {
      return null;
    }
    outcome = withoutIdleEvents(outcome);
    int low = 0;
    int high = outcome.count;
    int slice = outcome.slice;
    while (low + 1 < high) {
      int middle = (low + high) >>> 1;
      if (run(slice, middle, null).difference == null) {
        low = middle;
      } else {
        high = middle;
      }
    }
    String difference = run(slice, high, null).difference;
    return "%s, slice %d, behind instruction %d of %d\n%s\n%s"
        .formatted(scenario.name(), slice, high, outcome.count, difference, trail(slice, high));
  }

  /** Leaves out what happens between slices where the difference, or another, stays. */
  private Outcome withoutIdleEvents(Outcome outcome) {
    for (int slice = outcome.slice; slice >= 0; slice--) {
      quiet.add(slice);
      Outcome without = run(outcome.slice, outcome.count, null);
      if (without.difference == null) {
        quiet.remove(slice);
      } else {
        outcome = without;
      }
    }
    return outcome;
  }

  /**
   * @param last the last slice, which has another number of instructions
   */
  private Outcome run(int last, int countOfLast, Witness told) {
    List<StopReason> stops = new ArrayList<>();
    try (Machine interpreter = scenario.machine(ExecutionEngine.INTERPRETER);
        Machine translator = scenario.machine(ExecutionEngine.TRANSLATOR)) {
      scenario.load(interpreter);
      scenario.load(translator);
      StopReason reason = null;
      for (int slice = 0; slice < scenario.slices() && slice <= last; slice++) {
        if (prepare(interpreter, slice, reason) == null) {
          break;
        }
        prepare(translator, slice, reason);
        int count = slice == last ? countOfLast : scenario.count(slice);
        reason = interpreter.run(count, PATIENCE);
        stops.add(reason);
        if (reason instanceof StopReason.Requested) {
          break;
        }
        String difference = difference(interpreter, translator, reason, count);
        if (difference != null) {
          return new Outcome(difference, slice, count);
        }
      }
      if (told != null) {
        told.ended(translator, stops);
      }
    }
    return Outcome.EQUAL;
  }

  private static String difference(
      Machine interpreter, Machine translator, StopReason reason, int count) {
    StopReason second;
    try {
      second = translator.run(count, TRANSLATORS_PATIENCE);
    } catch (RuntimeException e) {
      // whatever it is, it is the translator's fault, and the run that has led to it matters
      return "  translator threw " + e + " at " + e.getStackTrace()[0];
    }
    String a = MachineState.of(interpreter) + reason;
    String b = MachineState.of(translator) + second;
    if (!a.equals(b)) {
      return MachineState.differences(a, b);
    }
    long at = interpreter.ram().mismatch(translator.ram());
    if (at < 0) {
      return null;
    }
    return "  memory at 0x%x: %02x, translator %02x"
        .formatted(
            at, interpreter.cpu().memory.read8((int) at), translator.cpu().memory.read8((int) at));
  }

  /** Does what happens before a slice; returns what, or null if the guest is at its end. */
  private String prepare(Machine machine, int slice, StopReason last) {
    boolean alive =
        last == null
            || last instanceof StopReason.InstructionLimit
            || last instanceof StopReason.Halted
            || last instanceof StopReason.Reached;
    if (!alive && !scenario.revive(machine, slice)) {
      return null;
    }
    return quiet.contains(slice) ? "" : scenario.between(machine, slice, last);
  }

  /** How much of a slice the interpreter does: less than told if its guest ends. */
  private int completed(int slice, int count) {
    try (Machine machine = scenario.machine(ExecutionEngine.INTERPRETER)) {
      scenario.load(machine);
      StopReason reason = null;
      long before = 0;
      for (int s = 0; s <= slice; s++) {
        prepare(machine, s, reason);
        before = machine.instructions();
        reason = machine.run(s < slice ? scenario.count(s) : count, PATIENCE);
      }
      boolean all = reason instanceof StopReason.InstructionLimit; // faults count, too
      return all ? count : (int) (machine.instructions() - before) + 1;
    }
  }

  /** What happened from outside, and what the interpreter does before the difference shows. */
  private String trail(int slice, int upTo) {
    int count = Math.min(upTo, completed(slice, upTo));
    StringBuilder text = new StringBuilder();
    try (Machine machine = scenario.machine(ExecutionEngine.INTERPRETER)) {
      scenario.load(machine);
      StopReason reason = null;
      for (int s = 0; s <= slice; s++) {
        String event = prepare(machine, s, reason);
        if (!event.isEmpty()) {
          text.append("  before slice %d: %s\n".formatted(s, event));
        }
        if (s < slice) {
          reason = machine.run(scenario.count(s), PATIENCE);
        }
      }
      int before = Math.max(0, count - TRAIL);
      if (before > 0) {
        machine.run(before);
      }
      for (int i = before; i < count; i++) {
        text.append("  ").append(MachineState.instruction(machine.cpu())).append('\n');
        if (i == count - 1) {
          text.append(MachineState.of(machine).indent(4));
        }
        machine.run(1);
      }
    }
    return text.toString();
  }
}
