package org.trampoline.bench.cold;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.trampoline.bench.EngineKind;
import org.trampoline.bench.peers.NativePeer;
import org.trampoline.bench.peers.Peer;
import org.trampoline.bench.peers.QemuPeer;
import org.trampoline.bench.peers.Statistics;
import org.trampoline.bench.programs.Program;
import org.trampoline.bench.programs.Workload;

/**
 * Starts every engine anew for every run, in turns, and measures from the start of its process to
 * its result: what somebody waits for who runs a program once.
 */
public final class ColdComparison {
  private static final List<Workload> PROGRAMS =
      Arrays.stream(Workload.values())
          .filter(workload -> workload.system() == Program.Needs.NONE)
          .toList();

  private final List<EngineKind> kinds = new ArrayList<>();
  private final List<Peer> peers = new ArrayList<>();
  private final List<Integer> sizes;
  private final int turns;
  private final PrintWriter out;
  private final PrintWriter progress;

  /**
   * @param quick a look in about two minutes: one turn
   */
  public ColdComparison(boolean quick, PrintWriter out, PrintWriter progress) {
    this(List.of(1_000_000, 10_000_000, 100_000_000), quick ? 1 : 5, out, progress);
  }

  /**
   * @param sizes lengths of runs in instructions
   */
  ColdComparison(List<Integer> sizes, int turns, PrintWriter out, PrintWriter progress) {
    this.sizes = sizes;
    this.turns = turns;
    this.out = out;
    this.progress = progress;
    for (EngineKind kind : EngineKind.values()) {
      if (isHere(kind.title(), kind.absence())) {
        kinds.add(kind);
      }
    }
    for (Peer peer : List.of(new QemuPeer(), new NativePeer())) {
      if (isHere(peer.name(), peer.absence())) {
        peers.add(peer);
      }
    }
  }

  private boolean isHere(String name, String absence) {
    if (absence != null) {
      out.println("without " + name + ": " + absence);
    }
    return absence == null;
  }

  /**
   * Measures and prints.
   *
   * @return exit status: 1 if an engine had a wrong result
   */
  public int run() {
    return run(PROGRAMS);
  }

  int run(List<Workload> programs) {
    boolean equal = true;
    List<ColdTable> tables = new ArrayList<>();
    Map<String, Long> starts = starts();
    for (int size : sizes) {
      Map<Workload, Map<String, ColdStart.Run>> rows = new EnumMap<>(Workload.class);
      for (Workload workload : programs) {
        progress.println("bench: " + ColdTable.millions(size) + " of " + workload.title());
        progress.flush();
        Map<String, ColdStart.Run> row = measure(workload, passes(workload, size));
        rows.put(workload, row);
        equal &= row.values().stream().map(ColdStart.Run::result).distinct().count() == 1;
      }
      tables.add(new ColdTable(size, rows, starts));
    }
    tables.forEach(table -> table.print(out));
    out.println(
        "ms from the start of a process to its result, medians of turns, engines in turns;");
    out.println("inside: the same without the JVM's start; all results compared");
    tables.forEach(table -> table.printMeans(out));
    out.flush();
    return equal ? 0 : 1;
  }

  /** How long each engine takes for next to nothing. */
  private Map<String, Long> starts() {
    Map<String, Long> starts = new LinkedHashMap<>();
    measure(Workload.ALU, 1).forEach((name, run) -> starts.put(name, run.total()));
    return starts;
  }

  /** So many passes that a run has about so many instructions. */
  static int passes(Workload workload, int instructions) {
    return (int) Math.max(1, (long) workload.passes * instructions / Workload.ROUND);
  }

  private Map<String, ColdStart.Run> measure(Workload workload, int passes) {
    List<ColdStart> starts = new ArrayList<>();
    Map<String, List<ColdStart.Run>> runs = new LinkedHashMap<>();
    try {
      kinds.forEach(kind -> starts.add(new JvmStart(kind, workload, passes)));
      peers.forEach(peer -> starts.add(ColdStart.of(peer, workload, passes)));
      for (int turn = 0; turn < turns; turn++) {
        for (ColdStart start : starts) {
          runs.computeIfAbsent(start.name(), name -> new ArrayList<>()).add(start.run());
        }
      }
    } finally {
      starts.forEach(ColdStart::close);
    }
    Map<String, ColdStart.Run> row = new LinkedHashMap<>();
    runs.forEach((name, all) -> row.put(name, median(all)));
    return row;
  }

  private static ColdStart.Run median(List<ColdStart.Run> runs) {
    return new ColdStart.Run(
        Statistics.median(runs.stream().mapToLong(ColdStart.Run::total).toArray()),
        Statistics.median(runs.stream().mapToLong(ColdStart.Run::inside).toArray()),
        runs.getLast().result());
  }
}
