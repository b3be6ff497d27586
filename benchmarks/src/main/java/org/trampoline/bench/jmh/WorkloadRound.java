package org.trampoline.bench.jmh;

import org.trampoline.bench.EngineKind;
import org.trampoline.bench.Processor;
import org.trampoline.bench.programs.Frame;
import org.trampoline.bench.programs.Program;
import org.trampoline.bench.programs.Workload;

/** A {@link Workload} on an engine, whose result must be that of the interpreter. */
final class WorkloadRound implements AutoCloseable {
  private final Workload workload;
  private final int passes;
  private final Processor processor;
  private final int round;
  private final int expected;
  private final long instructions;

  /**
   * @param passes of a round
   */
  WorkloadRound(EngineKind engine, Workload workload, int passes) {
    this.workload = workload;
    this.passes = passes;
    Frame frame = Frame.forEngine(workload);
    round = frame.symbol("round");
    try (Processor reference = open(EngineKind.INTERPRETER, frame)) {
      reference.run(round, 0, passes);
      long before = reference.instructions();
      reference.run(round, 0, passes);
      instructions = reference.instructions() - before;
      expected = reference.result();
      reference.run(round, 0, workload.testPasses);
      check(reference.result(), workload.testResult);
    }
    processor = open(engine, frame);
    run();
  }

  private Processor open(EngineKind engine, Frame frame) {
    Processor opened =
        workload.system() == Program.Needs.TIMER
            ? engine.openBoard(workload.memory())
            : engine.open(workload.memory());
    opened.load(Frame.ORIGIN, frame.image());
    opened.run(frame.symbol("_start"), 0, 0);
    return opened;
  }

  /**
   * Runs a round.
   *
   * @throws IllegalStateException if the engine's result is wrong
   */
  int run() {
    processor.run(round, 0, passes);
    check(processor.result(), expected);
    return expected;
  }

  private void check(int result, int right) {
    if (result != right) {
      throw new IllegalStateException(
          String.format("%s: wrong result %08x, expected %08x", workload.title(), result, right));
    }
  }

  /** Instructions of a round. */
  long instructions() {
    return instructions;
  }

  @Override
  public void close() {
    processor.close();
  }
}
