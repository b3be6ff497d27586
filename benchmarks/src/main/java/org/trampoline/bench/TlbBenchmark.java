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

/** The time of one access to a page, by what the access finds, and of the invalidations. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TlbBenchmark {
  private static final int ITERATIONS = 200;
  private static final int PAGES = 16;

  @Param({"INTERPRETER", "UNICORN"})
  public EngineKind engine;

  private GuestProgram hits;
  private GuestProgram misses;
  private GuestProgram invalidations;
  private GuestProgram flushes;

  @Setup(Level.Trial)
  public void open() {
    hits = new GuestProgram(engine, "tlb-hit");
    misses = new GuestProgram(engine, "tlb-miss");
    invalidations = new GuestProgram(engine, "invlpg");
    flushes = new GuestProgram(engine, "cr3-flush");
  }

  @TearDown(Level.Trial)
  public void close() {
    hits.close();
    misses.close();
    invalidations.close();
    flushes.close();
  }

  /** A read of a page whose translation is known. */
  @Benchmark
  @OperationsPerInvocation(ITERATIONS * PAGES)
  public int hit() {
    return hits.run(ITERATIONS, PAGES);
  }

  /** An edit of a page-table entry, invlpg, and a read that has to walk. */
  @Benchmark
  @OperationsPerInvocation(ITERATIONS * PAGES)
  public int missAndWalk() {
    return misses.run(ITERATIONS, PAGES);
  }

  /** An invlpg. */
  @Benchmark
  @OperationsPerInvocation(ITERATIONS * PAGES)
  public int invlpg() {
    return invalidations.run(ITERATIONS, PAGES);
  }

  /** A load of CR3 with its own value, and a read of sixteen pages after it. */
  @Benchmark
  @OperationsPerInvocation(ITERATIONS)
  public int cr3Flush() {
    return flushes.run(ITERATIONS, PAGES);
  }
}
