package org.trampoline.emulator.device;

/** A clock that a test moves: what an engine does, without one. */
final class TestClock {
  private long instructions;
  final Clock clock;

  TestClock() {
    this(Clock.DEFAULT_FREQUENCY);
  }

  TestClock(long frequency) {
    clock = new Clock(frequency, () -> instructions, () -> {});
  }

  /** Lets cycles pass, and everything happen at its time. */
  void pass(long cycles) {
    long end = instructions + cycles;
    while (clock.dueInstruction() <= end) {
      instructions = Math.max(instructions, clock.dueInstruction());
      clock.fire();
    }
    instructions = end;
  }

  /** Moves to the start of a tick, counted from 0, of a clock of {@code hertz}. */
  void passTo(long tick, long hertz) {
    pass(clock.cyclesAt(tick, hertz) - clock.now());
  }
}
