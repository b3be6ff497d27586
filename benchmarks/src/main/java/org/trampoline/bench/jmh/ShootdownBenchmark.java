package org.trampoline.bench.jmh;

import java.util.List;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.trampoline.asm.AssembledCode;
import org.trampoline.asm.Assembler;
import org.trampoline.asm.Includes;
import org.trampoline.bench.EngineKind;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.engine.Register;

/**
 * What one processor's page-table edit costs when another one has to be told. Both are executed by
 * one thread in turns, so the time is that of all instructions until the first one goes on.
 */
public class ShootdownBenchmark extends OperationTime {
  private static final int ROUND = 100;
  private static final int ORIGIN = 0x10_0000;
  private static final long MEMORY = 16 << 20;

  /** Far more instructions than a round has. */
  private static final long LIMIT = 10_000_000;

  /** {@code paging.S} maps the page to these frames in turn. */
  private static final int[] FRAMES = {0x50_0000, 0x40_0000};

  @Param({"INTERPRETER", "TRANSLATOR"})
  public EngineKind engine;

  private Machine machine;
  private int roundDone;
  private int roundSum;
  private int sum;

  @Setup(Level.Trial)
  public void open() {
    AssembledCode code =
        Assembler.assemble(
            List.of(GuestProgram.source("paging.S"), GuestProgram.source("shootdown.S")),
            ORIGIN,
            Map.of(),
            Includes.NONE);
    machine =
        Machine.builder()
            .memory(MEMORY)
            .processors(2, 1)
            .engine(
                engine == EngineKind.TRANSLATOR
                    ? ExecutionEngine.TRANSLATOR
                    : ExecutionEngine.INTERPRETER)
            .build();
    machine.flatProtectedMode();
    machine.load(ORIGIN, code.bytes());
    machine.set(Register.EIP, code.symbol("_start"));
    roundDone = code.symbol("round_done");
    machine.stopAt(roundDone);
    runToEnd();
    sum = machine.get(Register.EAX);
    for (int frame : FRAMES) {
      roundSum += ROUND / FRAMES.length * machine.cpu(0).memory.read32(frame);
    }
    shootdown();
  }

  private void runToEnd() {
    StopReason reason = machine.run(LIMIT);
    if (machine.get(Register.EIP) != roundDone) {
      throw new IllegalStateException("shootdown.S ended with " + reason);
    }
  }

  @TearDown(Level.Trial)
  public void close() {
    machine.close();
  }

  /** Edit, interrupt between processors, invlpg and read there, acknowledgement. */
  @Benchmark
  @Title(row = 1, value = "TLB shootdown by an IPI")
  @OperationsPerInvocation(ROUND)
  public int shootdown() {
    runToEnd();
    sum += roundSum;
    if (machine.get(Register.EAX) != sum) {
      throw new IllegalStateException(
          String.format(
              "shootdown.S: wrong result %08x, expected %08x", machine.get(Register.EAX), sum));
    }
    return sum;
  }
}
