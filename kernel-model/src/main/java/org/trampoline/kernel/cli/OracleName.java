package org.trampoline.kernel.cli;

import org.trampoline.emulator.differential.cases.Oracle;
import org.trampoline.emulator.oracle.OracleUnavailableException;
import org.trampoline.emulator.oracle.UnicornOracle;
import org.trampoline.emulator.oracle.host.HostOracle;

/** The oracles of a campaign, as the command line names them. */
enum OracleName {
  host {
    @Override
    Oracle open() {
      return new HostOracle();
    }
  },
  unicorn {
    @Override
    Oracle open() {
      return new UnicornOracle();
    }
  };

  /**
   * @throws OracleUnavailableException if it is not here
   */
  abstract Oracle open();
}
