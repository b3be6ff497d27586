package org.trampoline.emulator.differential.campaign;

import java.util.List;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.Operation;
import org.trampoline.emulator.differential.cases.CaseBatch;
import org.trampoline.emulator.differential.cases.CaseProgram;
import org.trampoline.emulator.differential.cases.CaseRecord;
import org.trampoline.emulator.differential.cases.CaseResults;
import org.trampoline.emulator.differential.cases.CaseRun;
import org.trampoline.emulator.differential.cases.MachineOracle;
import org.trampoline.emulator.differential.cases.Oracle;
import org.trampoline.emulator.memory.Host;

/** Our machine, with PF wrong at the end of sequences that have a neg right behind an inc. */
final class WrongInCompany implements Oracle {
  private final Oracle machine = new MachineOracle();

  @Override
  public String name() {
    return "wrong";
  }

  @Override
  public String label() {
    return "a machine that is wrong in company";
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
      if (run.program() != null && hasPair(run.program().items())) {
        for (int k = run.first(); k < run.first() + run.count(); k++) {
          long flags = results.record(k) + CaseRecord.EFLAGS;
          Host.put32(flags, Host.get32(flags) ^ Eflags.PF);
        }
      }
    }
  }

  private static boolean hasPair(List<CaseProgram.Item> items) {
    for (int i = 1; i < items.size(); i++) {
      if (items.get(i - 1).insn().operation == Operation.INC
          && items.get(i).insn().operation == Operation.NEG) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() {
    machine.close();
  }
}
