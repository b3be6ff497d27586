package org.trampoline.bench.peers;

import org.trampoline.bench.programs.Program;

/** An engine that runs a guest program, to be compared with others. */
public interface Peer {
  /** Its name for people. */
  String name();

  /** Why it cannot run here, or null if it can. */
  String absence();

  /** Whether it can run a program at all. */
  default boolean runs(Program program) {
    return true;
  }

  /**
   * Takes a program in.
   *
   * @param passes of a round
   */
  Rounds open(Program program, int passes);

  /** A program on an engine. */
  interface Rounds extends AutoCloseable {
    /**
     * Executes rounds.
     *
     * @param rounds at least so many
     * @param timing what time is measured
     * @return the time of one, and the last one's result
     */
    Round run(int rounds, Timing timing);

    @Override
    void close();
  }

  /**
   * What a round took and gave.
   *
   * @param nanos its time
   * @param result EAX at its end
   */
  record Round(long nanos, int result) {}
}
