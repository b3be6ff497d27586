package org.trampoline.bench.peers;

import org.trampoline.bench.EngineKind;
import org.trampoline.bench.Processor;
import org.trampoline.bench.programs.Frame;
import org.trampoline.bench.programs.Program;

/** An engine in this process: ours, and Unicorn. */
public record ProcessorPeer(EngineKind kind) implements Peer {
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

  @Override
  public Rounds open(Program program, int passes) {
    Frame frame = Frame.forEngine(program);
    Processor processor =
        program.system() == Program.Needs.TIMER
            ? kind.openBoard(program.memory())
            : kind.open(program.memory());
    processor.load(Frame.ORIGIN, frame.image());
    processor.run(frame.symbol("_start"), 0, 0);
    int round = frame.symbol("round");
    return new Rounds() {
      @Override
      public Round run(int rounds, Timing timing) {
        long[] nanos = new long[rounds];
        for (int i = 0; i < rounds; i++) {
          long start = timing.own();
          processor.run(round, 0, passes);
          nanos[i] = timing.own() - start;
        }
        return new Round(Statistics.median(nanos), processor.result());
      }

      @Override
      public void close() {
        processor.close();
      }
    };
  }
}
