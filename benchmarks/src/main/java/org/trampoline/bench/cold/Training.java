package org.trampoline.bench.cold;

import java.util.List;
import org.trampoline.bench.EngineKind;
import org.trampoline.bench.Processor;
import org.trampoline.bench.programs.Frame;
import org.trampoline.bench.programs.Program;
import org.trampoline.bench.programs.Workload;
import org.trampoline.kernel.cli.Trampoline;

/**
 * What the launcher has the JVM run once after each build, so that the cache of classes it makes
 * has those of all that is usually run, and the profiles of the methods that are hot while much
 * code is new: our engines execute guest programs of all kinds for a moment, then comes the main
 * job.
 */
final class Training {
  /** Instructions of each program, about. */
  private static final int INSTRUCTIONS = 1_000_000;

  private static final List<EngineKind> ENGINES =
      List.of(EngineKind.INTERPRETER, EngineKind.TRANSLATOR);

  private Training() {}

  /**
   * Runs, and exits with the status of the command.
   *
   * @param args the command to end with
   */
  public static void main(String[] args) {
    for (EngineKind engine : ENGINES) {
      for (Workload workload : Workload.values()) {
        if (workload.system() == Program.Needs.NONE) {
          run(engine, workload);
        }
      }
    }
    Trampoline.main(args);
  }

  private static void run(EngineKind engine, Workload workload) {
    Frame frame = Frame.forEngine(workload);
    int passes = ColdComparison.passes(workload, INSTRUCTIONS);
    try (Processor processor = engine.open(workload.memory())) {
      processor.load(Frame.ORIGIN, frame.image());
      processor.run(frame.symbol("_start"), 0, 0);
      processor.run(frame.symbol("round"), 0, passes);
    }
  }
}
