package org.trampoline.kernel.scenario;

import org.trampoline.emulator.StopReason;
import org.trampoline.kernel.Kernel;

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
}
