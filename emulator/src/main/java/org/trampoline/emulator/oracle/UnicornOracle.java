package org.trampoline.emulator.oracle;

import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.decode.Attribute;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.Operation;
import org.trampoline.emulator.device.Ports;
import org.trampoline.emulator.differential.cases.CaseBatch;
import org.trampoline.emulator.differential.cases.CaseResults;
import org.trampoline.emulator.differential.cases.EngineOracle;
import org.trampoline.emulator.differential.cases.Oracle;

/** Unicorn as an oracle for batches of cases. */
public final class UnicornOracle implements Oracle {
  private static final long MEMORY = 8 << 20;

  private final EngineOracle oracle;

  /**
   * @throws OracleUnavailableException if Unicorn cannot be used here
   */
  public UnicornOracle() {
    UnicornEngine engine = new UnicornEngine(CpuModel.MAX, MEMORY, Ports.NONE);
    oracle = new EngineOracle(engine, "Unicorn " + Unicorn.version());
  }

  @Override
  public String name() {
    return oracle.name();
  }

  @Override
  public String label() {
    return oracle.label();
  }

  @Override
  public String whyNot(Form form) {
    if (form.has(Attribute.X87)) {
      return "Unicorn's x87 has neither stack faults nor C1, and hardly any exceptions";
    }
    if (form.has(Attribute.SSE_EXCEPTIONS)) {
      return "Unicorn's SSE arithmetic knows neither exceptions nor denormals-are-zeros";
    }
    if (form.operation() == Operation.IRET) {
      return "Unicorn's iret enters virtual-8086 mode from ring 3, too";
    }
    return form.has(Attribute.IO) || form.has(Attribute.IOPL)
        ? "Unicorn does not protect ports"
        : oracle.whyNot(form);
  }

  @Override
  public String whyNot(CaseBatch.Mode mode) {
    return mode == CaseBatch.Mode.PROTECTION
        ? "Unicorn checks no segment's type or limit and no alignment"
        : null;
  }

  @Override
  public void run(CaseBatch batch, CaseResults results) {
    oracle.run(batch, results);
  }

  @Override
  public void close() {
    oracle.close();
  }
}
