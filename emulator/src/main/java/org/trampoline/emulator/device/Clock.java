package org.trampoline.emulator.device;

import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.trampoline.emulator.snapshot.StatePart;

/**
 * A machine's virtual time. It is counted in cycles of a processor that completes one instruction a
 * cycle at {@link #frequency} (100 MHz unless told), so it depends on what the guest does and on
 * nothing else: every run of the same program sees the same times. While the processor is halted,
 * time jumps to the next event instead of passing.
 *
 * <p>The time-stamp counter counts the same cycles; the chips derive their own clocks by {@link
 * #ticks} and {@link #cyclesAt}, without drift.
 *
 * <p>Engines run up to the instruction {@link #dueInstruction} names, and then call {@link #fire}:
 * an event happens at an instruction boundary, the first at which its time has come.
 *
 * <p>Several processors may share a clock. They execute in turns, and time is the instructions of
 * all, those of the idle included, by the number of processors: each completes an instruction a
 * cycle, as one alone does, and time never runs backwards from one's turn to the next one's.
 */
public final class Clock implements StatePart {
  /** Cycles, and so instructions, in a second. */
  public static final long DEFAULT_FREQUENCY = 100_000_000;

  private final long frequency;
  private final LongSupplier instructions;
  private final Runnable attention;
  private Timer[] timers = {};

  /** Processors that execute in turns. */
  private int processors = 1;

  /** Instructions of all processors but for those that {@link #instructions} counts. */
  private long others;

  /** Cycles for which no instruction was executed. */
  private long skipped;

  /** Time of the earliest event. */
  private long next = Long.MAX_VALUE;

  /** Whether all timers of that time are self-contained. */
  private boolean contained = true;

  /** The same as a count of instructions. */
  private long dueInstruction = Long.MAX_VALUE;

  /**
   * @param frequency in Hz
   * @param instructions the count of instructions completed so far, by the processor whose turn it
   *     is
   * @param attention called when an event was planned that comes before all others: who runs
   *     instructions is to look at {@link #dueInstruction} again before the next one
   */
  public Clock(long frequency, LongSupplier instructions, Runnable attention) {
    if (frequency < 1_000_000 || frequency > 10_000_000_000L) {
      throw new IllegalArgumentException("clock of " + frequency + " Hz: expected 1 MHz to 10 GHz");
    }
    this.frequency = frequency;
    this.instructions = instructions;
    this.attention = attention;
  }

  /** Cycles in a second. */
  public long frequency() {
    return frequency;
  }

  /** Cycles since the machine was made. */
  public long now() {
    long count = instructions.getAsLong();
    return (processors == 1 ? count : (count + others) / processors) + skipped;
  }

  /** Says that so many processors share the clock; at time 0. */
  public void share(int count) {
    processors = count;
  }

  /** Whether several processors do. */
  public boolean shared() {
    return processors > 1;
  }

  /**
   * Another processor's turn begins.
   *
   * @param difference what its count of instructions is behind the last one's, and the instructions
   *     of its turn that the last one has not used
   */
  public void turn(long difference) {
    others += difference;
    dueInstruction = dueInstruction(next);
  }

  /** Nanoseconds since the machine was made. */
  public long nanos() {
    return ticks(now(), 1_000_000_000);
  }

  /** Complete periods of a clock of {@code hertz} after {@code cycles}. */
  public long ticks(long cycles, long hertz) {
    return cycles / frequency * hertz + cycles % frequency * hertz / frequency;
  }

  /** The first cycle at which {@code ticks} periods of a clock of {@code hertz} are complete. */
  public long cyclesAt(long ticks, long hertz) {
    long rest = ticks % hertz * frequency;
    return ticks / hertz * frequency + (rest + hertz - 1) / hertz;
  }

  /**
   * The count of completed instructions of the processor whose turn it is at which {@link #fire}
   * has to be called.
   */
  public long dueInstruction() {
    return dueInstruction;
  }

  /** Lets everything happen whose time has come. */
  public void fire() {
    long now = now();
    while (next <= now) {
      Timer due = earliest();
      due.at = Long.MAX_VALUE;
      findNext();
      due.action.run();
    }
  }

  /**
   * Lets time pass for a halted processor: to the next event, which happens.
   *
   * @return false, and nothing has changed, if no event to come may wake the processor, or if there
   *     are others, for which time has to go on as it does
   */
  public boolean skip() {
    return processors == 1 && skipAll();
  }

  /** As {@link #skip} for all processors, which are all halted. */
  public boolean skipAll() {
    boolean mayWake = false;
    for (int i = 0; i < timers.length && !mayWake; i++) {
      mayWake = timers[i].at != Long.MAX_VALUE && timers[i].mayInterrupt.getAsBoolean();
    }
    if (!mayWake) {
      return false;
    }
    long ahead = next - now();
    if (ahead > 0) {
      skipped += ahead;
      dueInstruction = dueInstruction(next);
    }
    fire();
    return true;
  }

  /**
   * A new timer, not started.
   *
   * @param mayInterrupt whether it, or what follows from it, can interrupt the processor as the
   *     interrupt controller is now set
   */
  public Timer timer(Runnable action, BooleanSupplier mayInterrupt) {
    Timer timer = new Timer(action, mayInterrupt);
    timers = Arrays.copyOf(timers, timers.length + 1);
    timers[timers.length - 1] = timer;
    return timer;
  }

  /** Whether what happens at the time of the next event stays among devices. */
  public boolean nextIsSelfContained() {
    return contained;
  }

  private Timer earliest() {
    int i = 0;
    while (timers[i].at != next) {
      i++;
    }
    return timers[i];
  }

  private void findNext() {
    long earliest = Long.MAX_VALUE;
    boolean all = true;
    for (Timer timer : timers) {
      if (timer.at < earliest) {
        earliest = timer.at;
        all = timer.selfContained;
      } else {
        all &= timer.selfContained || timer.at != earliest;
      }
    }
    contained = all;
    next = earliest;
    dueInstruction = dueInstruction(earliest);
  }

  private long dueInstruction(long cycle) {
    return cycle == Long.MAX_VALUE ? cycle : (cycle - skipped) * processors - others;
  }

  /** One event to come, of one device; of several due at once the one made first happens first. */
  public final class Timer implements StatePart {
    private final Runnable action;
    private final BooleanSupplier mayInterrupt;
    private transient boolean selfContained;
    private long at = Long.MAX_VALUE;

    private Timer(Runnable action, BooleanSupplier mayInterrupt) {
      this.action = action;
      this.mayInterrupt = mayInterrupt;
    }

    /** Says whether what it does stays among devices, as {@link Ports#selfContained} means it. */
    void selfContained(boolean contained) {
      selfContained = contained;
    }

    /** Plans the event for a time in cycles, instead of when it was planned before. */
    public void start(long cycle) {
      boolean wasNext = at <= next;
      long before = next;
      at = cycle;
      if (wasNext) {
        findNext();
      } else if (cycle < next) {
        next = cycle;
        contained = selfContained;
        dueInstruction = dueInstruction(cycle);
      } else if (cycle == next) {
        contained &= selfContained;
      }
      if (next < before) {
        attention.run();
      }
    }

    public void stop() {
      at = Long.MAX_VALUE;
      findNext();
    }

    /** When it will happen; {@link Long#MAX_VALUE} if it is not planned. */
    public long at() {
      return at;
    }
  }
}
