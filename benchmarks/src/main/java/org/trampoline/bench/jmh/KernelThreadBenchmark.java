package org.trampoline.bench.jmh;

import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.trampoline.asm.AssembledCode;
import org.trampoline.bench.EngineKind;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.Register;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelVersion;
import org.trampoline.kernel.Vmlinux;

/** What kernel threads cost in the whole kernel model, its Java functions included. */
public class KernelThreadBenchmark extends OperationTime {
  private static final int THREADS = 100;
  private static final long MEMORY = 16 << 20;

  /** Far more instructions than a round has. */
  private static final long LIMIT = 10_000_000;

  @Param public EngineKind engine;

  private Engine machine;
  private Kernel kernel;
  private int roundDone;

  @Setup(Level.Trial)
  public void open() {
    machine = engine.openEngine(MEMORY);
    kernel = new Kernel(machine, Vmlinux.assemble(KernelVersion.V2_6_11));
    AssembledCode code = kernel.load(GuestProgram.source("fork-exit.S"), Map.of());
    kernel.addInitcall(code.symbol("fork_exit"));
    roundDone = code.symbol("round_done");
    machine.stopAt(roundDone);
    forkAndExit();
  }

  @TearDown(Level.Trial)
  public void close() {
    machine.close();
  }

  /** kernel_thread, two switches, kernel_thread_helper's do_exit, and wait4's release. */
  @Benchmark
  @Title(row = 1, value = "fork, exit and release of a kernel thread")
  @OperationsPerInvocation(THREADS)
  public int forkAndExit() {
    StopReason reason = kernel.run(LIMIT);
    if (machine.get(Register.EIP) != roundDone || machine.get(Register.EBX) != 0) {
      throw new IllegalStateException(
          "the kernel ended with " + reason + ", panic " + kernel.panicMessage());
    }
    return machine.get(Register.EAX);
  }
}
