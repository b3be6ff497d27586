package org.trampoline.emulator.engine;

import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.device.Ports;
import org.trampoline.emulator.oracle.Oracles;
import org.trampoline.emulator.oracle.UnicornEngine;

/** The engines that keep {@link Engine}'s contract, to be tested alike. */
public enum TestEngine {
  INTERPRETER {
    @Override
    public Engine open(Ports ports) {
      return ours(ExecutionEngine.INTERPRETER, ports);
    }
  },
  TRANSLATOR {
    @Override
    public Engine open(Ports ports) {
      return ours(ExecutionEngine.TRANSLATOR, ports);
    }
  },
  UNICORN {
    @Override
    public Engine open(Ports ports) {
      Oracles.requireUnicorn();
      return new UnicornEngine(CpuModel.PENTIUM3, MEMORY, ports);
    }
  };

  private static final int MEMORY = 4 << 20;

  private static Engine ours(ExecutionEngine engine, Ports ports) {
    return Machine.builder()
        .memory(MEMORY)
        .cpu(CpuModel.PENTIUM3)
        .engine(engine)
        .ports(ports)
        .build();
  }

  /** A new engine with 4 MB of RAM; skips the test if it cannot be had here. */
  public abstract Engine open(Ports ports);
}
