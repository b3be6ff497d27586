package org.trampoline.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The time of one context switch, with the work of touching pages that goes with it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ContextSwitchBenchmark {
  /** Each iteration of the guest's loop switches there and back. */
  private static final int ITERATIONS = 500;

  private static final int SWITCHES = 2 * ITERATIONS;

  @Param({"INTERPRETER", "UNICORN"})
  public EngineKind engine;

  /** Pages of the user's region that are read between two switches. */
  @Param({"0", "16", "256"})
  public int pages;

  private GuestProgram threads;
  private GuestProgram processes;

  @Setup(Level.Trial)
  public void open() {
    threads = new GuestProgram(engine, "thread-switch");
    processes = new GuestProgram(engine, "process-switch");
  }

  @TearDown(Level.Trial)
  public void close() {
    threads.close();
    processes.close();
  }

  /** Between two kernel threads: no CR3 load. */
  @Benchmark
  @OperationsPerInvocation(SWITCHES)
  public int betweenKernelThreads() {
    return threads.run(ITERATIONS, pages);
  }

  /** Between two processes: a CR3 load. */
  @Benchmark
  @OperationsPerInvocation(SWITCHES)
  public int betweenProcesses() {
    return processes.run(ITERATIONS, pages);
  }
}
