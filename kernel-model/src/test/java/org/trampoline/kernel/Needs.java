package org.trampoline.kernel;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import org.trampoline.emulator.oracle.Unicorn;

/** What tests need that need not be here. */
public final class Needs {
  private Needs() {}

  /**
   * Skips the test if Unicorn cannot be used, or lets it fail under {@code
   * -Dtrampoline.oracles=required}.
   */
  public static void unicorn() {
    String reason = Unicorn.unavailableReason();
    if (reason != null) {
      if ("required".equals(System.getProperty("trampoline.oracles"))) {
        fail(reason);
      }
      abort(reason);
    }
  }
}
