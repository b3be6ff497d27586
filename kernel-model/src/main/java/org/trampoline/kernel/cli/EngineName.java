package org.trampoline.kernel.cli;

import org.trampoline.emulator.Machine;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.device.Ports;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.oracle.OracleUnavailableException;
import org.trampoline.emulator.oracle.UnicornEngine;

/** The engines that {@code --engine} offers; the constants are named as the user types them. */
public enum EngineName {
  interpreter,
  unicorn;

  /**
   * An engine in the reset state.
   *
   * @param memory bytes of RAM
   * @throws BadInput if it is not to be had here
   */
  public Engine open(long memory) {
    if (this == interpreter) {
      return Machine.builder().memory(memory).build();
    }
    try {
      return new UnicornEngine(CpuModel.PENTIUM4, memory, Ports.NONE);
    } catch (OracleUnavailableException e) {
      throw new BadInput("--engine unicorn: " + e.getMessage());
    }
  }
}
