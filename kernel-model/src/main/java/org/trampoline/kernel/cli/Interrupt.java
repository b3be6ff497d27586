package org.trampoline.kernel.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C while a guest runs: the engine is asked to stop, and the JVM's exit waits until its state
 * has been printed.
 */
final class Interrupt implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 5;

  private final CountDownLatch printed = new CountDownLatch(1);
  private final Thread hook;

  /**
   * @param requestStop asks whatever runs to stop; called from another thread
   */
  Interrupt(Runnable requestStop) {
    hook =
        new Thread(
            () -> {
              requestStop.run();
              try {
                if (!printed.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                  System.err.println("trampoline: the engine does not stop; its state is lost");
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "interrupt");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** The state has been printed, or the guest has ended by itself. */
  @Override
  public void close() {
    printed.countDown();
    if (!hook.isAlive()) {
      remove();
    }
  }

  private void remove() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException goingDown) {
      // Ctrl-C came just now: the hook finds the latch open and does nothing
      return;
    }
  }
}
