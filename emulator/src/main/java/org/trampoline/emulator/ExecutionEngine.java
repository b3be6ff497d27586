package org.trampoline.emulator;

import java.util.Arrays;
import java.util.Locale;

/** How a {@link Machine} executes guest code. Results are the same. */
public enum ExecutionEngine {
  /**
   * Guest code becomes host code; needs x86-64 Linux, executable memory and native access. Where
   * the host has or allows no such thing, the interpreter runs: {@link Machine#whyNoTranslator}.
   */
  TRANSLATOR,

  /** No host code is emitted: the reference, and the safe mode. */
  INTERPRETER;

  /** The system property that names the engine of machines whose builder is told none. */
  static final String PROPERTY = "trampoline.engine";

  /**
   * The engine of a name in lower case.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static ExecutionEngine named(String name) {
    return Arrays.stream(values())
        .filter(engine -> engine.toString().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "engine " + name + ": expected translator or interpreter"));
  }

  /** What a machine has unless told. */
  static ExecutionEngine usual() {
    String name = System.getProperty(PROPERTY);
    return name == null ? TRANSLATOR : named(name);
  }

  /** Its name, as users type it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
