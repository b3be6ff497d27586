package org.trampoline.emulator;

import java.time.Duration;

/** Does something when some real time has passed, unless it is ended before. */
final class TimeLimit {
  private final Thread thread;
  private volatile boolean expired;

  TimeLimit(Duration limit, Runnable action) {
    thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    Thread.sleep(limit);
                  } catch (InterruptedException ended) {
                    return;
                  }
                  expired = true;
                  action.run();
                });
  }

  /** Ends it; returns whether the time had passed. */
  boolean end() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return expired;
  }
}
