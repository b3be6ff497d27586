package org.trampoline.bench.jmh;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.trampoline.bench.EngineKind;
import org.trampoline.bench.programs.Workload;

/**
 * The time of a way into the kernel and back. Unicorn is not among the engines: it delivers no
 * interrupts through a guest's IDT.
 */
public class TrapBenchmark extends OperationTime {
  private static final int TRAPS = 20_000;

  @Param({"INTERPRETER", "TRANSLATOR"})
  public EngineKind engine;

  private WorkloadRound interrupt;
  private WorkloadRound systemCall;
  private WorkloadRound pageFault;
  private WorkloadRound timer;

  @Setup(Level.Trial)
  public void open() {
    interrupt = new WorkloadRound(engine, Workload.INTERRUPT, TRAPS);
    systemCall = new WorkloadRound(engine, Workload.SYSCALL, TRAPS);
    pageFault = new WorkloadRound(engine, Workload.PAGE_FAULT, TRAPS);
    timer = new WorkloadRound(engine, Workload.TIMER, TRAPS);
  }

  @TearDown(Level.Trial)
  public void close() {
    interrupt.close();
    systemCall.close();
    pageFault.close();
    timer.close();
  }

  /** Without a change of privilege. */
  @Benchmark
  @Title(row = 1, value = "int and iret in ring 0")
  @OperationsPerInvocation(TRAPS)
  public int interrupt() {
    return interrupt.run();
  }

  /** With a change of stack and privilege each way. */
  @Benchmark
  @Title(row = 2, value = "int 0x80 from ring 3, and iret")
  @OperationsPerInvocation(TRAPS)
  public int systemCall() {
    return systemCall.run();
  }

  /** An access to an absent page, and a handler that passes over it. */
  @Benchmark
  @Title(row = 3, value = "page fault in ring 0, and iret")
  @OperationsPerInvocation(TRAPS)
  public int pageFault() {
    return pageFault.run();
  }

  /** From hlt through the 8259A to the handler, its end-of-interrupt, and back. */
  @Benchmark
  @Title(row = 4, value = "timer interrupt out of hlt, and iret")
  @OperationsPerInvocation(TRAPS)
  public int timer() {
    return timer.run();
  }
}
