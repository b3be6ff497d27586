package org.trampoline.kernel.scenario;

import java.util.List;
import org.trampoline.emulator.StopReason;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;

/** Something to watch the kernel doing, loaded and ready to run. */
public interface Scenario {
  /** The kernel it runs on. */
  Kernel kernel();

  /**
   * Runs to the idle loop, or whatever comes first; may be called again to run on.
   *
   * @param limit instructions at most
   */
  default StopReason run(long limit) {
    return kernel().run(limit);
  }

  /** Whether an event is part of what people are to follow here. */
  default boolean shows(KernelEvent event) {
    return true;
  }

  /** Whether it ends in a panic, which is then no failure. */
  default boolean panics() {
    return false;
  }

  /** What is to be said after the run, by line. */
  default List<String> summary() {
    return List.of();
  }
}
