package org.trampoline.bench.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.trampoline.bench.EngineKind;
import org.trampoline.bench.programs.Endless;
import org.trampoline.bench.programs.Workload;

/** The guests of a long run. */
public final class Guests {
  private Guests() {}

  /** What makes each of them for one of our engines. */
  public static List<Supplier<Guest>> all(EngineKind engine) {
    List<Supplier<Guest>> makers = new ArrayList<>();
    for (Endless program : Endless.values()) {
      makers.add(() -> new ProgramGuest(engine, program, program.passes));
    }
    for (Workload program : Workload.values()) {
      makers.add(() -> new ProgramGuest(engine, program, program.passes));
    }
    makers.add(() -> SuiteGuest.kernelThreads(engine));
    makers.add(() -> SuiteGuest.shootdown(engine));
    return makers;
  }
}
