package org.trampoline.bench.jmh;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.trampoline.bench.EngineKind;
import org.trampoline.bench.programs.Workload;

/**
 * How fast an engine executes guest code, in instructions per microsecond. All programs run before
 * the measured one in the same JVM, so that its compiler has seen what a whole system does and not
 * a single loop.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class GuestCodeBenchmark extends OperationTime {
  /** A {@link Workload}'s round is about fifty million instructions; an operation is less. */
  private static final int PART = 50;

  private static final int RUNS_OF_OTHERS = 10;

  private static boolean othersRun;

  @Param public EngineKind engine;

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
    "STRINGS",
    "CODE16",
    "FLAT_12K",
    "FLAT_165K",
    "FLAT_2M"
  })
  public Workload program;

  private WorkloadRound round;

  /** What was executed; JMH divides it by the time. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Executed {
    public long instructions;
  }

  @Setup(Level.Trial)
  public void open() {
    if (engine.isOurs() && !othersRun) {
      othersRun = true;
      for (Workload other : Workload.values()) {
        try (WorkloadRound others = part(other)) {
          for (int k = 0; k < RUNS_OF_OTHERS; k++) {
            others.run();
          }
        }
      }
    }
    round = part(program);
  }

  private WorkloadRound part(Workload workload) {
    return new WorkloadRound(engine, workload, Math.max(1, workload.passes / PART));
  }

  @TearDown(Level.Trial)
  public void close() {
    round.close();
  }

  @Benchmark
  @Title(row = 1, value = "guest code")
  public void execute(Executed executed) {
    round.run();
    executed.instructions += round.instructions();
  }
}
