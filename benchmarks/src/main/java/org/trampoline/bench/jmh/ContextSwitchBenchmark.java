package org.trampoline.bench.jmh;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.trampoline.bench.EngineKind;

/**
 * The time of one context switch in Linux's manner, and of reading a word in each of some pages
 * before the next.
 */
public class ContextSwitchBenchmark extends OperationTime {
  /** Each iteration of the guest's loop switches there and back. */
  private static final int ITERATIONS = 500;

  private static final int SWITCHES = 2 * ITERATIONS;

  private static final int THREADS = 0;
  private static final int PROCESS_AND_THREAD = 1;
  private static final int PROCESSES = 3;

  @Param public EngineKind engine;

  /** Pages of the user's region that are read between two switches. */
  @Param({"0", "16", "256", "1024"})
  public int pages;

  private GuestProgram threads;
  private GuestProgram lazily;
  private GuestProgram processes;

  @Setup(Level.Trial)
  public void open() {
    threads = program(THREADS);
    lazily = program(PROCESS_AND_THREAD);
    processes = program(PROCESSES);
  }

  private GuestProgram program(int tasks) {
    return new GuestProgram(engine, "context-switch", tasks, ITERATIONS, pages);
  }

  @TearDown(Level.Trial)
  public void close() {
    threads.close();
    lazily.close();
    processes.close();
  }

  /** No CR3 load. */
  @Benchmark
  @Title(row = 1, value = "kernel thread ↔ kernel thread")
  @OperationsPerInvocation(SWITCHES)
  public int threads() {
    return threads.run();
  }

  /** No CR3 load: the kernel thread borrows the address space. */
  @Benchmark
  @Title(row = 2, value = "kernel thread ↔ process, lazily")
  @OperationsPerInvocation(SWITCHES)
  public int lazily() {
    return lazily.run();
  }

  /** A CR3 load each. */
  @Benchmark
  @Title(row = 3, value = "process ↔ process")
  @OperationsPerInvocation(SWITCHES)
  public int processes() {
    return processes.run();
  }
}
