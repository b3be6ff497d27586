package org.trampoline.bench.cold;

import org.trampoline.bench.peers.Peer;
import org.trampoline.bench.peers.ProcessRounds;

/**
 * A peer that is a process in itself.
 *
 * @param rounds its rounds, of which the first is taken
 */
record PeerStart(String name, Peer.Rounds rounds) implements ColdStart {
  @Override
  public Run run() {
    return ColdStart.start(((ProcessRounds) rounds).command(), false);
  }

  @Override
  public void close() {
    rounds.close();
  }
}
