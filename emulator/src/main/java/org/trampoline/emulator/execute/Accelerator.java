package org.trampoline.emulator.execute;

import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.cpu.Cpu;

/**
 * Executes in the place of an {@link Interpreter}'s own loop, whose events, faults and limits stay
 * in charge. It may hand any instruction back through {@link Interpreter#blocks}.
 */
public interface Accelerator {
  /** Instructions between two looks of the interpreter at the clock and for requests. */
  int SLICE = 1 << 22;

  /**
   * As {@link Interpreter#blocks}: executes until {@code deadline} instructions are completed or
   * events are pending.
   */
  StopReason blocks(Cpu c, long deadline, boolean arriving);

  /** Forgets all code that was derived from guest memory: there are other marks. */
  void clear();
}
