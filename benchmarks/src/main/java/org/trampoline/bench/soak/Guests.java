package org.trampoline.bench.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.trampoline.bench.programs.Endless;
import org.trampoline.bench.programs.Workload;

/** The guests of a long run. */
final class Guests {
  private Guests() {}

  /** What makes each of them. */
  static List<Supplier<Guest>> all() {
    List<Supplier<Guest>> makers = new ArrayList<>();
    for (Endless program : Endless.values()) {
      makers.add(() -> new ProgramGuest(program, program.passes));
    }
    for (Workload program : Workload.values()) {
      makers.add(() -> new ProgramGuest(program, program.passes));
    }
    makers.add(SuiteGuest::kernelThreads);
    makers.add(SuiteGuest::shootdown);
    return makers;
  }
}
