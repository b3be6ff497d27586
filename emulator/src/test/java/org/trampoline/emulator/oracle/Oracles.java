package org.trampoline.emulator.oracle;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import org.trampoline.emulator.oracle.host.HostCpu;

/**
 * Whether the oracles are here. A test that needs one calls its method first: without the oracle
 * the test is skipped with the reason printed or, under {@code -Dtrampoline.oracles=required},
 * fails.
 */
public final class Oracles {
  private Oracles() {}

  public static void requireUnicorn() {
    require(Unicorn.unavailableReason());
  }

  public static void requireHost() {
    require(HostCpu.unavailableReason());
  }

  /** Skips the test, or fails it, unless {@code missing} is null. */
  public static void require(String missing) {
    if (missing == null) {
      return;
    }
    if ("required".equals(System.getProperty("trampoline.oracles"))) {
      fail(missing);
    }
    skip(missing);
  }

  /** Skips the test, which is not for this machine, and says why. */
  public static void skip(String reason) {
    System.out.println("skipped: " + reason);
    abort(reason);
  }
}
