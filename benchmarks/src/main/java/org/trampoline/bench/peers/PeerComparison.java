package org.trampoline.bench.peers;

import java.io.PrintWriter;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.trampoline.bench.programs.Program;
import org.trampoline.bench.programs.Workload;

/**
 * Runs every guest program on every engine that is here, in turns, so that whatever else the
 * machine does meets all of them, and compares results as well as times.
 */
public final class PeerComparison {
  private final List<Peer> peers;
  private final Timing timing;
  private final int turns;
  private final int divisor;
  private final PrintWriter out;
  private final PrintWriter progress;

  /**
   * @param quick a look in about two minutes
   */
  public PeerComparison(boolean quick, Timing timing, PrintWriter out, PrintWriter progress) {
    this(quick ? 3 : 7, quick ? 5 : 1, timing, out, progress);
  }

  /**
   * @param divisor of the rounds' lengths
   */
  PeerComparison(int turns, int divisor, Timing timing, PrintWriter out, PrintWriter progress) {
    this.timing = timing;
    this.turns = turns;
    this.divisor = divisor;
    this.out = out;
    this.progress = progress;
    peers = Peers.present(out, new QemuPeer(), new V86Peer(), new NativePeer());
  }

  /**
   * Measures and prints.
   *
   * @return exit status: 1 if an engine had a wrong result
   */
  public int run() {
    return run(List.of(Workload.values()));
  }

  int run(List<Workload> programs) {
    Map<Workload, Map<Peer, Peer.Round>> table = new EnumMap<>(Workload.class);
    boolean equal = true;
    for (Workload workload : programs) {
      if (workload.system() == Program.Needs.TIMER) {
        continue; // there is nobody to compare with
      }
      progress.println("bench: " + workload.title());
      progress.flush();
      Map<Peer, Peer.Round> row = measure(workload);
      table.put(workload, row);
      equal &= row.values().stream().map(Peer.Round::result).distinct().count() == 1;
    }
    new PeerTable(peers, table, timing).print(out);
    out.flush();
    return equal ? 0 : 1;
  }

  private Map<Peer, Peer.Round> measure(Workload workload) {
    int passes = Math.max(1, workload.passes / divisor);
    List<Peer> present = peers.stream().filter(peer -> peer.runs(workload)).toList();
    Map<Peer, Peer.Rounds> open = new LinkedHashMap<>();
    Map<Peer, long[]> nanos = new LinkedHashMap<>();
    Map<Peer, Integer> results = new LinkedHashMap<>();
    try {
      for (Peer peer : present) {
        Peer.Rounds rounds = peer.open(workload, passes);
        open.put(peer, rounds);
        nanos.put(peer, new long[turns]);
        if (peer instanceof ProcessorPeer) {
          rounds.run(2, timing); // processes warm themselves up
        }
      }
      for (int turn = 0; turn < turns; turn++) {
        for (Peer peer : present) {
          Peer.Round round = open.get(peer).run(1, timing);
          nanos.get(peer)[turn] = round.nanos();
          results.put(peer, round.result());
        }
      }
    } finally {
      open.values().forEach(Peer.Rounds::close);
    }
    Map<Peer, Peer.Round> row = new LinkedHashMap<>();
    for (Peer peer : present) {
      row.put(peer, new Peer.Round(Statistics.median(nanos.get(peer)), results.get(peer)));
    }
    return row;
  }
}
