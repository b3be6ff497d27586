package org.trampoline.bench.peers;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.trampoline.bench.EngineKind;

/** The engines that a comparison has on this machine. */
public final class Peers {
  private Peers() {}

  /**
   * The engines of {@link EngineKind} and others, as far as they are here.
   *
   * @param out is told of each that is not, and why
   */
  public static List<Peer> present(PrintWriter out, Peer... others) {
    List<Peer> present = new ArrayList<>();
    Stream.concat(Stream.of(EngineKind.values()).map(ProcessorPeer::new), Stream.of(others))
        .forEach(
            peer -> {
              String absence = peer.absence();
              if (absence == null) {
                present.add(peer);
              } else {
                out.println("without " + peer.name() + ": " + absence);
              }
            });
    return present;
  }
}
