package org.trampoline.emulator;

import java.util.function.Consumer;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.device.Clock;
import org.trampoline.emulator.snapshot.StatePart;

/**
 * Several processors, executed by one thread: they take turns of some instructions each, of equal
 * length until each has had one; that length a seed decides. So a run is the same every time, with
 * another seed the processors meet each other elsewhere, and a single instruction is never
 * interrupted.
 *
 * <p>A processor that has nothing to do has its turns all the same, as they are the time that
 * passes; when none has anything to do, time jumps.
 */
final class Interleaving implements StatePart {
  /** Instructions of a turn: from here … */
  private static final int SHORTEST = 32;

  /** … to here, both included. */
  private static final int LONGEST = 159;

  private final Processor[] processors;
  private final Clock clock;
  private final Consumer<Cpu> init;

  private int current;
  private long random;
  private int length;

  /** Count of instructions of the current processor at which its turn ends. */
  private long turnEnd;

  /** It has sent INIT to itself. */
  private boolean initPending;

  private volatile boolean stopRequested;

  /**
   * @param init brings a processor into the state after INIT
   */
  Interleaving(Processor[] processors, Clock clock, long seed, Consumer<Cpu> init) {
    this.processors = processors;
    this.clock = clock;
    this.init = init;
    random = seed;
    begin();
  }

  Processor current() {
    return processors[current];
  }

  long instructions() {
    long sum = 0;
    for (Processor processor : processors) {
      sum += processor.cpu.instructions;
    }
    return sum;
  }

  void requestStop() {
    stopRequested = true;
    current().interpreter.requestStop();
  }

  /** The current processor is to be in the state after INIT when its instruction is complete. */
  void initCurrent() {
    initPending = true;
    current().interpreter.requestStop();
  }

  /** As {@link Machine#run(long)}. */
  StopReason run(long count) {
    long left = count;
    boolean arriving = false; // a stop at the first instruction is passed over
    while (left > 0) {
      if (stopRequested) {
        return stop();
      }
      Processor processor = current();
      Cpu cpu = processor.cpu;
      if (cpu.waitsForSipi || cpu.asleep()) {
        next();
        if (allIdle()) {
          left--; // endless events that wake nobody end, too
          if (!anyInterruptible() || !clock.skipAll()) {
            return new StopReason.Halted();
          }
        }
        arriving = true;
        continue;
      }
      long before = cpu.instructions;
      long budget = Math.min(turnEnd - before, left);
      StopReason reason = processor.interpreter.run(budget, arriving);
      arriving = true;
      long done = cpu.instructions - before;
      left -= reason instanceof StopReason.InstructionLimit ? budget : done;
      if (initPending) {
        initPending = false;
        init.accept(cpu);
      }
      switch (reason) {
        case StopReason.InstructionLimit _ -> {
          if (cpu.instructions >= turnEnd || done == 0) { // nothing but exceptions: no progress
            next();
          }
        }
        case StopReason.Halted _ -> {
          left--;
          next();
        }
        case StopReason.Requested _ -> {
          // see above; if nobody has asked, it was for the sake of another turn
        }
        default -> {
          return reason;
        }
      }
    }
    return stopRequested ? stop() : new StopReason.InstructionLimit();
  }

  private StopReason stop() {
    cancelStop();
    return new StopReason.Requested();
  }

  void cancelStop() {
    stopRequested = false;
    for (Processor processor : processors) {
      processor.interpreter.cancelStop();
    }
  }

  private boolean allIdle() {
    for (Processor processor : processors) {
      if (!processor.cpu.waitsForSipi && !processor.cpu.asleep()) {
        return false;
      }
    }
    return true;
  }

  private boolean anyInterruptible() {
    for (Processor processor : processors) {
      Cpu cpu = processor.cpu;
      if (!cpu.waitsForSipi && (cpu.eflags & Eflags.IF) != 0) {
        return true;
      }
    }
    return false;
  }

  /** Ends the current turn, all of whose time has then passed, and begins the next one. */
  private void next() {
    Cpu last = current().cpu;
    pass(turnEnd - last.instructions, last);
    current = (current + 1) % processors.length;
    clock.turn(last.instructions - current().cpu.instructions);
    begin();
  }

  /** Lets time pass for which a processor has executed nothing; what is due happens in time. */
  private void pass(long instructions, Cpu cpu) {
    long left = instructions;
    while (true) {
      if (cpu.instructions >= clock.dueInstruction()) {
        clock.fire();
      }
      if (left <= 0) {
        return;
      }
      long step = Math.min(left, clock.dueInstruction() - cpu.instructions);
      clock.turn(step);
      left -= step;
    }
  }

  private void begin() {
    if (current == 0) {
      chooseLength();
    }
    turnEnd = current().cpu.instructions + length;
  }

  /** All processors have turns of the same length, one after the other; then of another one. */
  private void chooseLength() {
    // SplitMix64
    random += 0x9e37_79b9_7f4a_7c15L;
    long z = random;
    z = (z ^ z >>> 30) * 0xbf58_476d_1ce4_e5b9L;
    z = (z ^ z >>> 27) * 0x94d0_49bb_1331_11ebL;
    length = SHORTEST + (int) Long.remainderUnsigned(z ^ z >>> 31, LONGEST - SHORTEST + 1);
  }
}
