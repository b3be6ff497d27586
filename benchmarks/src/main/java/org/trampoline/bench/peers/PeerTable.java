package org.trampoline.bench.peers;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.trampoline.bench.programs.Program;
import org.trampoline.bench.programs.Workload;

/** The result of a comparison for people: milliseconds, and the ratios to our fastest engine. */
final class PeerTable {
  private final Timing timing;
  private final List<Peer> peers;
  private final Map<Workload, Map<Peer, Peer.Round>> rows;

  PeerTable(List<Peer> peers, Map<Workload, Map<Peer, Peer.Round>> rows, Timing timing) {
    this.timing = timing;
    this.peers = peers;
    this.rows = rows;
  }

  void print(PrintWriter out) {
    out.printf("%-14s", "ms a round");
    peers.forEach(peer -> out.printf("%13s", peer.name()));
    out.println("   " + ours().name() + " is");
    rows.forEach((workload, row) -> printRow(out, workload, row));
    out.println();
    out.println(
        (timing == Timing.PROCESSOR ? "processor time, " : "")
            + "medians of turns, the engines one after the other; all results compared; geomeans"
            + " without system paths");
    for (Peer other : peers) {
      if (other instanceof ProcessorPeer p && p.kind().isOurs()) {
        continue;
      }
      List<Double> ratios = new ArrayList<>();
      List<String> slower = new ArrayList<>();
      rows.forEach(
          (workload, row) -> {
            if (!row.containsKey(other)) {
              return;
            }
            double ratio = ratio(row, other);
            if (workload.system() == Program.Needs.NONE) {
              ratios.add(ratio);
            }
            if (ratio < 1) {
              slower.add(String.format("%s (%.2f)", workload.title(), ratio));
            }
          });
      if (!slower.isEmpty()) {
        out.println("below 1 vs " + other.name() + ": " + String.join(", ", slower));
      }
      if (!ratios.isEmpty()) {
        out.printf("geomean vs %s: %.2fx%n", other.name(), Statistics.geometricMean(ratios));
      }
    }
  }

  private void printRow(PrintWriter out, Workload workload, Map<Peer, Peer.Round> row) {
    out.printf("%-14s", workload.title());
    StringBuilder text = new StringBuilder("  ");
    int expected = row.values().stream().reduce((a, b) -> b).orElseThrow().result();
    for (Peer peer : peers) {
      if (!row.containsKey(peer)) {
        out.printf("%13s", "–");
        continue;
      }
      out.printf("%13.1f", row.get(peer).nanos() / 1e6);
      if (!(peer instanceof ProcessorPeer p && p.kind().isOurs())) {
        text.append(String.format(" %.2fx %s", ratio(row, peer), peer.name()));
      }
      if (row.get(peer).result() != expected) {
        text.append(
            String.format(
                "  WRONG RESULT of %s: %08x, not %08x",
                peer.name(), row.get(peer).result(), expected));
      }
    }
    out.println(text);
  }

  private double ratio(Map<Peer, Peer.Round> row, Peer other) {
    return (double) row.get(other).nanos() / row.get(ours()).nanos();
  }

  /** The engine of ours that the others are compared with: the last, which is the fastest. */
  private Peer ours() {
    return peers.stream()
        .filter(peer -> peer instanceof ProcessorPeer p && p.kind().isOurs())
        .reduce((a, b) -> b)
        .orElseThrow();
  }
}
