package org.trampoline.emulator.coverage;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.trampoline.emulator.decode.Form;

/** Which forms the hand-written tests of this JVM have executed, by the name of the test class. */
public final class ExecutedForms {
  private static final Map<String, Set<Form>> BY_CLASS = new ConcurrentHashMap<>();
  private static final StackWalker STACK =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

  private ExecutedForms() {}

  /** To be called by what executes instructions for tests. */
  public static void note(Form form) {
    String test =
        STACK.walk(
            frames ->
                frames
                    .map(frame -> frame.getDeclaringClass().getSimpleName())
                    .filter(name -> name.endsWith("Test"))
                    .findFirst()
                    .orElse(""));
    BY_CLASS.computeIfAbsent(test, _ -> ConcurrentHashMap.newKeySet()).add(form);
  }

  /** Names of the classes that have executed anything. */
  static Set<String> classes() {
    return new TreeSet<>(BY_CLASS.keySet());
  }

  static boolean has(String test, Form form) {
    return BY_CLASS.getOrDefault(test, Set.of()).contains(form);
  }
}
