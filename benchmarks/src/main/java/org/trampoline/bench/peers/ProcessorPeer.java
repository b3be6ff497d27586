package org.trampoline.bench.peers;

import java.util.Arrays;
import org.trampoline.bench.EngineKind;
import org.trampoline.bench.Processor;
import org.trampoline.bench.programs.Frame;
import org.trampoline.bench.programs.Program;

/** An engine in this process: ours, and Unicorn. */
public record ProcessorPeer(EngineKind kind) implements Peer {
  /** As a process is measured for some time, so the first short round of a turn is not all. */
  private static final long LEAST_NANOS = 30_000_000;

  private static final int MOST_ROUNDS = 32;

  @Override
  public String name() {
    return kind.title();
  }

  @Override
  public String absence() {
    return kind.absence();
  }

  /** Unicorn does not deliver interrupts through the guest's IDT. */
  @Override
  public boolean runs(Program program) {
    return kind.isOurs() || program.system().compareTo(Program.Needs.TABLES_AND_IDT) < 0;
  }

  private Processor start(Program program, Frame frame) {
    Processor processor =
        program.system() == Program.Needs.TIMER
            ? kind.openBoard(program.memory())
            : kind.open(program.memory());
    processor.load(Frame.ORIGIN, frame.image());
    processor.run(frame.symbol("_start"), 0, 0);
    return processor;
  }

  /** Nanoseconds of the first pass of a program, by a processor that has never seen it. */
  public long firstPass(Program program, Timing timing) {
    Frame frame = Frame.forEngine(program);
    try (Processor processor = start(program, frame)) {
      long start = timing.own();
      processor.run(frame.symbol("round"), 0, 1);
      return timing.own() - start;
    }
  }

  @Override
  public Rounds open(Program program, int passes) {
    Frame frame = Frame.forEngine(program);
    Processor processor = start(program, frame);
    int round = frame.symbol("round");
    return new Rounds() {
      @Override
      public Round run(int rounds, Timing timing) {
        long[] nanos = new long[Math.max(rounds, MOST_ROUNDS)];
        int done = 0;
        for (long all = 0; done < rounds || done < MOST_ROUNDS && all < LEAST_NANOS; done++) {
          long start = timing.own();
          processor.run(round, 0, passes);
          nanos[done] = timing.own() - start;
          all += nanos[done];
        }
        nanos = Arrays.copyOf(nanos, done);
        return new Round(Statistics.median(nanos), processor.result());
      }

      @Override
      public void close() {
        processor.close();
      }
    };
  }
}
