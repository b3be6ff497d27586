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

/**
 * Our machine with two mistakes: AF is wrong in additions to AL whose result has all of the lowest
 * four bits clear, and PF at the end of sequences that have a neg right behind an inc.
 */
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
      for (int k = run.first(); k < run.first() + run.count(); k++) {
        long record = results.record(k);
        int wrong = wrong(run, Host.get32(record + CaseRecord.EAX));
        int flags = Host.get32(record + CaseRecord.EFLAGS);
        Host.put32(record + CaseRecord.EFLAGS, flags ^ wrong);
      }
    }
  }

  /** The flag that is wrong in the results of a run, 0 for none. */
  private static int wrong(CaseRun run, int eax) {
    if (run.program() != null) {
      return hasPair(run.program().items()) ? Eflags.PF : 0;
    }
    return run.form().notation().equals("add al, imm8") && (eax & 0xf) == 0 ? Eflags.AF : 0;
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
