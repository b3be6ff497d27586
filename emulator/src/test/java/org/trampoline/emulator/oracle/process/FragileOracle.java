package org.trampoline.emulator.oracle.process;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Form;
import org.trampoline.emulator.decode.Operation;
import org.trampoline.emulator.differential.cases.CaseBatch;
import org.trampoline.emulator.differential.cases.CaseRecord;
import org.trampoline.emulator.differential.cases.CaseResults;
import org.trampoline.emulator.differential.cases.CaseRun;
import org.trampoline.emulator.differential.cases.MachineOracle;
import org.trampoline.emulator.differential.cases.Oracle;

/**
 * Our machine, but outside of sequences it accesses memory that is not there (a real SIGSEGV) where
 * an {@code aam} meets an odd edx, and never returns where an {@code aad} does.
 */
public final class FragileOracle implements Oracle {
  private static final int[] NOTHING = {};

  private final Oracle machine = new MachineOracle();

  @Override
  public String name() {
    return "fragile";
  }

  @Override
  public String label() {
    return "a machine that breaks down";
  }

  @Override
  public String whyNot(Form form) {
    return form.operation() == Operation.DAA ? "it does not like it" : null;
  }

  @Override
  public void run(CaseBatch batch, CaseResults results) {
    machine.run(batch, results);
    for (int i = 0; i < batch.runs(); i++) {
      CaseRun run = batch.run(i);
      for (int k = run.first(); k < run.first() + run.count(); k++) {
        results.reach(k);
        boolean odd =
            run.program() == null && (CaseRecord.register(batch.record(k), Cpu.EDX) & 1) != 0;
        if (odd && run.form().operation() == Operation.AAM) {
          crash();
        } else if (odd && run.form().operation() == Operation.AAD) {
          hang();
        }
      }
    }
  }

  /** Has the C library read where nothing is. */
  @SuppressWarnings("restricted")
  private static void crash() {
    Linker linker = Linker.nativeLinker();
    MethodHandle strlen =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("strlen"),
            FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    try {
      throw new IllegalStateException("alive: " + (long) strlen.invokeExact(7L));
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static void hang() {
    while (NOTHING.length == 0) {
      Thread.onSpinWait();
    }
  }

  @Override
  public void close() {
    machine.close();
  }
}
