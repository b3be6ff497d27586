package org.trampoline.emulator.differential.campaign;

import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.Operation;
import org.trampoline.emulator.differential.cases.CaseBatch;
import org.trampoline.emulator.differential.cases.CaseRecord;
import org.trampoline.emulator.differential.cases.CaseResults;
import org.trampoline.emulator.differential.cases.CaseRun;
import org.trampoline.emulator.differential.cases.MachineOracle;
import org.trampoline.emulator.differential.cases.Oracle;
import org.trampoline.emulator.memory.Host;

/** Our machine, with AF wrong in additions whose result has all of the lowest four bits clear. */
final class WrongOracle implements Oracle {
  private final Oracle machine = new MachineOracle();

  @Override
  public String name() {
    return "wrong";
  }

  @Override
  public String label() {
    return "a machine with a wrong AF";
  }

  @Override
  public String whyNot(Form form) {
    return null;
  }

  @Override
  public void run(CaseBatch batch, CaseResults results) {
    machine.run(batch, results);
    for (int i = 0; i < batch.runs(); i++) {
      CaseRun run = batch.run(i);
      if (run.program() == null
          && run.form().operation() == Operation.ADD
          && run.form().notation().equals("add al, imm8")) {
        for (int k = run.first(); k < run.first() + run.count(); k++) {
          long record = results.record(k);
          int eax = Host.get32(record + CaseRecord.EAX);
          if ((eax & 0xf) == 0) {
            int flags = Host.get32(record + CaseRecord.EFLAGS);
            Host.put32(record + CaseRecord.EFLAGS, flags & ~Eflags.AF);
          }
        }
      }
    }
  }

  @Override
  public void close() {
    machine.close();
  }
}
