package org.trampoline.emulator.translate.lockstep;

import java.util.Random;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.device.Clock;

/**
 * A guest and what happens to it from outside, as slices of exact numbers of instructions. All of
 * it depends on the scenario's seed and on the number of the slice only, so that parts of a run can
 * be left out.
 */
public interface Scenario {
  /** Number of slices. */
  int slices();

  /** A machine with the devices that the guest has. */
  Machine machine(ExecutionEngine engine);

  /** Puts a machine into the state it begins with. */
  void load(Machine machine);

  /** Instructions of a slice, at least 1. */
  int count(int slice);

  /**
   * Does what happens before a slice: interrupts, writes of devices.
   *
   * @param last why the slice before ended; null before the first one
   * @return what it was, for people; empty for nothing
   */
  String between(Machine machine, int slice, StopReason last);

  /** Brings the guest to life again after a shutdown; false if that is to be its end. */
  boolean revive(Machine machine, int slice);

  /**
   * Whether the translator is in debug mode: for every other seed, or for all with {@code
   * -Dtrampoline.translate.checked=true}.
   */
  static boolean checksAddresses(long seed) {
    return seed % 2 == 0 || Boolean.getBoolean("trampoline.translate.checked");
  }

  /** What kind of guest it is, for people. */
  String name();

  /** What chance decides of a slice, the same whatever other slices there are. */
  static Random random(long seed, int slice) {
    return new Random(seed * 0x9e37_79b9_7f4a_7c15L + slice);
  }

  /**
   * Interrupts 20H to 2FH after 1 to {@code most} instructions each time, the numbers being the
   * same on both machines.
   */
  static void timer(Machine machine, long seed, int most) {
    Random random = new Random(~seed);
    Clock clock = machine.cpu().clock;
    Clock.Timer[] holder = new Clock.Timer[1];
    holder[0] =
        clock.timer(
            () -> {
              machine.injectInterrupt(0x20 + random.nextInt(16));
              holder[0].start(clock.now() + random.nextInt(most) + 1);
            },
            () -> true);
    holder[0].start(clock.now() + random.nextInt(most) + 1);
  }
}
