package org.trampoline.bench.cold;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.trampoline.bench.peers.Peer;
import org.trampoline.bench.peers.PeerProcess;
import org.trampoline.bench.programs.Program;

/** An engine in a process of its own, started anew for each run. */
sealed interface ColdStart extends AutoCloseable permits JvmStart, PeerStart {
  /** The engine's name for people. */
  String name();

  /** Starts a process and waits for its first result. */
  Run run();

  @Override
  void close();

  /**
   * A run.
   *
   * @param total nanoseconds from the start of the process to its result
   * @param inside of them since main was entered; the same as total where there is no main
   * @param result of the program
   */
  record Run(long total, long inside, int result) {}

  /** That of a peer which is a process anyway. */
  static ColdStart of(Peer peer, Program program, int passes) {
    return new PeerStart(peer.name(), peer.open(program, passes));
  }

  /**
   * Starts a process.
   *
   * @param timed whether its result is followed by the time inside
   */
  static Run start(List<String> command, boolean timed) {
    long start = System.nanoTime();
    try (PeerProcess process = new PeerProcess(command)) {
      int result = process.nextInt();
      long total = System.nanoTime() - start;
      return new Run(total, timed ? process.nextLong() : total, result);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
