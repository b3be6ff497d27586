package org.trampoline.kernel.cli;

import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.differential.cases.CasePorts;
import org.trampoline.emulator.differential.cases.EngineOracle;
import org.trampoline.emulator.differential.cases.MachineOracle;
import org.trampoline.emulator.differential.cases.Oracle;
import org.trampoline.emulator.oracle.OracleUnavailableException;
import org.trampoline.emulator.oracle.UnicornOracle;
import org.trampoline.emulator.oracle.host.HostOracle;
import org.trampoline.emulator.oracle.process.OracleProcess;

/** The oracles of a campaign, as the command line names them. */
enum OracleName {
  host {
    @Override
    Oracle open() {
      return new HostOracle();
    }
  },
  /**
   * Our own machine at full speed: cases one behind the other in whole blocks, so that the
   * interpreter's hot loop is compared with the definitions that single instructions go through.
   */
  interpreter {
    @Override
    Oracle open() {
      return machine(ExecutionEngine.INTERPRETER, "Trampoline's interpreter, whole blocks");
    }
  },
  /** The same with the cases' code translated to the host's. */
  translator {
    @Override
    Oracle open() {
      return machine(ExecutionEngine.TRANSLATOR, "Trampoline's translator");
    }
  },
  /** In a process of its own: a crash of the library is a result. */
  unicorn {
    @Override
    Oracle open() {
      return new OracleProcess(UnicornOracle.class);
    }
  };

  private static final long MEMORY = 8 << 20;

  /**
   * @throws OracleUnavailableException if it is not here
   */
  abstract Oracle open();

  static Oracle machine(ExecutionEngine engine, String label) {
    CasePorts ports = new CasePorts();
    Machine machine =
        Machine.builder().ports(ports).memory(MEMORY).cpu(CpuModel.MAX).engine(engine).build();
    if (engine == ExecutionEngine.TRANSLATOR && machine.translatorStatistics() == null) {
      machine.close();
      throw new OracleUnavailableException("no translator: " + machine.whyNoTranslator());
    }
    return new EngineOracle(machine, label, ports);
  }

  /**
   * Our side of the comparison. Silicon and Unicorn judge sequences at full speed; our own engines
   * at full speed are judged by the definitions, instruction for instruction.
   */
  Oracle ours() {
    return this == interpreter || this == translator
        ? new MachineOracle()
        : MachineOracle.atFullSpeed();
  }
}
