package org.trampoline.kernel.cli;

import java.util.function.Supplier;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.device.Pc;
import org.trampoline.emulator.device.Ports;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.oracle.OracleUnavailableException;
import org.trampoline.emulator.oracle.UnicornBoard;
import org.trampoline.emulator.oracle.UnicornEngine;

/** The engines that {@code --engine} offers; the constants are named as the user types them. */
public enum EngineName {
  interpreter,

  /** The machine with its code translated to the host's where the host allows it. */
  translator,
  unicorn;

  private static final long TICKING_FREQUENCY = 10_000_000;

  /**
   * An engine in the reset state.
   *
   * @param memory bytes of RAM
   * @throws BadInput if it is not to be had here
   */
  public Engine open(long memory) {
    return this == unicorn
        ? unicorn(() -> new UnicornEngine(CpuModel.PENTIUM4, memory, Ports.NONE))
        : Machine.builder().memory(memory).engine(ours()).build();
  }

  /**
   * The engine of our machine that it is.
   *
   * @throws IllegalStateException if it is somebody else's
   */
  ExecutionEngine ours() {
    return switch (this) {
      case interpreter -> ExecutionEngine.INTERPRETER;
      case translator -> ExecutionEngine.TRANSLATOR;
      case unicorn -> throw new IllegalStateException("Unicorn is a machine of its own");
    };
  }

  /**
   * The same with a PC's timer and interrupt controllers, so slow that a tick of a millisecond
   * takes 10,000 instructions of a processor.
   *
   * @param seed decides how several processors take turns
   */
  @SuppressWarnings("MustBeClosedChecker") // closing the machine is closing the board
  public Engine openBoard(long memory, int processors, long seed) {
    if (this == unicorn) {
      if (processors > 1) {
        throw new BadInput("--engine unicorn: it has one processor, --cpus asks for " + processors);
      }
      return unicorn(() -> UnicornBoard.open(CpuModel.PENTIUM4, memory, TICKING_FREQUENCY));
    }
    Machine.Builder builder =
        Machine.builder().memory(memory).frequency(TICKING_FREQUENCY).processors(processors, seed);
    return new Pc(builder.engine(ours())).machine();
  }

  private static Engine unicorn(Supplier<Engine> opening) {
    try {
      return opening.get();
    } catch (OracleUnavailableException e) {
      throw new BadInput("--engine unicorn: " + e.getMessage());
    }
  }
}
