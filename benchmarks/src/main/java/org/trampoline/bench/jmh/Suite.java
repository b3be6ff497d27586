package org.trampoline.bench.jmh;

import java.lang.reflect.Method;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.trampoline.bench.EngineKind;

/** The suites, in the order in which they are run and shown. */
@SuppressWarnings("ImmutableEnumChecker") // sets and maps are copies that cannot be changed
enum Suite {
  CONTEXT_SWITCH(
      "context switch",
      ContextSwitchBenchmark.class,
      EnumSet.allOf(EngineKind.class),
      Map.of("pages", List.of("0", "256"))),
  TLB("TLB", TlbBenchmark.class, EnumSet.allOf(EngineKind.class), Map.of()),
  TRAP(
      "traps",
      TrapBenchmark.class,
      EnumSet.of(EngineKind.INTERPRETER, EngineKind.TRANSLATOR),
      Map.of()),
  SHOOTDOWN(
      "two processors",
      ShootdownBenchmark.class,
      EnumSet.of(EngineKind.INTERPRETER, EngineKind.TRANSLATOR),
      Map.of()),
  KERNEL_THREAD(
      "kernel model", KernelThreadBenchmark.class, EnumSet.allOf(EngineKind.class), Map.of()),
  GUEST_CODE(
      "guest code",
      GuestCodeBenchmark.class,
      EnumSet.allOf(EngineKind.class),
      Map.of("program", List.of("ALU", "MEMORY", "FIB", "MATRIX", "BYTECODE", "FLAT_165K")));

  private final String title;
  private final Class<?> type;
  private final Set<EngineKind> engines;
  private final Map<String, List<String>> quick;

  /**
   * @param engines that can run it
   * @param quick what of its parameters is enough for a look
   */
  Suite(String title, Class<?> type, Set<EngineKind> engines, Map<String, List<String>> quick) {
    this.title = title;
    this.type = type;
    this.engines = Set.copyOf(engines);
    this.quick = Map.copyOf(quick);
  }

  /** Its name for people. */
  String title() {
    return title;
  }

  /** The class of its benchmarks. */
  Class<?> type() {
    return type;
  }

  /** The engines of {@code present} that it runs on. */
  List<EngineKind> engines(List<EngineKind> present) {
    return present.stream().filter(engines::contains).toList();
  }

  /** What of its parameters is enough for a look, where that is less than all. */
  Map<String, List<String>> quick() {
    return quick;
  }

  /** What one of its benchmarks measures. */
  Title title(String benchmark) {
    for (Method method : type.getMethods()) {
      Title title = method.getAnnotation(Title.class);
      if (title != null && method.getName().equals(benchmark)) {
        return title;
      }
    }
    throw new IllegalArgumentException(type.getName() + "." + benchmark + " has no title");
  }
}
