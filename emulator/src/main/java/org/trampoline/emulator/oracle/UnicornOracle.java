package org.trampoline.emulator.oracle;

import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.decode.Attribute;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.Operation;
import org.trampoline.emulator.differential.cases.CaseBatch;
import org.trampoline.emulator.differential.cases.CasePorts;
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
    CasePorts ports = new CasePorts();
    UnicornEngine engine = new UnicornEngine(CpuModel.MAX, MEMORY, ports);
    oracle = new EngineOracle(engine, engine.label(), ports);
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
    return switch (form.operation()) {
      case SYSENTER -> "Unicorn leaves sysenter to its user";
      case F2XM1, FYL2X, FYL2XP1, FPATAN, FPTAN, FSIN, FCOS, FSINCOS, FPREM, FPREM1 ->
          "Unicorn computes it with 53 bits";
      default -> oracle.whyNot(form);
    };
  }

  @Override
  public String whyNot(Form form, CaseBatch.Mode mode) {
    if (mode != CaseBatch.Mode.SYSTEM) {
      if (form.operation() == Operation.IRET) {
        return "Unicorn's iret enters virtual-8086 mode from ring 3, too";
      }
      if (form.has(Attribute.IO) || form.has(Attribute.IOPL)) {
        return "Unicorn does not protect ports";
      }
    }
    String reason = whyNot(mode);
    reason = reason != null ? reason : whyNot(form);
    return reason != null ? reason : oracle.whyNot(form, mode);
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
