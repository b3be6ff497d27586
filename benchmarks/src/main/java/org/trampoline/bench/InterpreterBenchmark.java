package org.trampoline.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.trampoline.bench.programs.Frame;
import org.trampoline.bench.programs.Workload;

/**
 * How fast the interpreter executes guest code, in instructions per microsecond. All programs run
 * before the measured one in the same JVM, so that its compiler has seen what a whole system does
 * and not a single loop.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class InterpreterBenchmark {
  /** A {@link Workload}'s round is about fifty million instructions; an operation is less. */
  private static final int PART = 50;

  private static final int RUNS_OF_OTHERS = 10;

  @Param("INTERPRETER")
  public EngineKind engine;

  @Param({
    "ALU",
    "MEMORY",
    "FIB",
    "CRC",
    "STRCPY",
    "SIEVE",
    "MATRIX",
    "SSE2",
    "BYTECODE",
    "CODE16",
    "FLAT_12K",
    "FLAT_165K",
    "FLAT_2M"
  })
  public Workload program;

  private OurProcessor processor;
  private Frame frame;

  /** What was executed; JMH divides it by the time. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Executed {
    public long instructions;
  }

  @Setup(Level.Trial)
  public void open() {
    for (Workload other : Workload.values()) {
      load(other);
      for (int k = 0; k < RUNS_OF_OTHERS; k++) {
        run(other);
      }
      processor.close();
    }
    load(program);
  }

  private void load(Workload workload) {
    frame = Frame.forEngine(workload);
    processor = new OurProcessor(Frame.MEMORY, false);
    processor.load(Frame.ORIGIN, frame.image());
    processor.run(frame.symbol("_start"), 0, 0);
  }

  private void run(Workload workload) {
    processor.run(frame.symbol("round"), 0, Math.max(1, workload.passes / PART));
  }

  @TearDown(Level.Trial)
  public void close() {
    processor.close();
  }

  @Benchmark
  public void execute(Executed executed) {
    long before = processor.instructions();
    run(program);
    executed.instructions += processor.instructions() - before;
  }
}
