package org.trampoline.emulator.differential.cases;

import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.memory.Host;

/** Our machine with mistakes in the flags. */
public abstract class MistakenOracle implements Oracle {
  private final Oracle machine = new MachineOracle();

  /**
   * The flags that are wrong in a result of a run, 0 for none.
   *
   * @param eax the result's
   * @return bits of {@link Eflags}
   */
  protected abstract int wrong(CaseRun run, int eax);

  @Override
  public final String name() {
    return "wrong";
  }

  @Override
  public final String label() {
    return "a machine with wrong flags";
  }

  @Override
  public final String whyNot(Form form) {
    return null;
  }

  @Override
  public final void run(CaseBatch batch, CaseResults results) {
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

  @Override
  public final void close() {
    machine.close();
  }
}
