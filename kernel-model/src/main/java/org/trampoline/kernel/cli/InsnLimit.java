package org.trampoline.kernel.cli;

import picocli.CommandLine.Option;

/** How many instructions a run may have. */
final class InsnLimit {
  @Option(
      names = "--max-insns",
      paramLabel = "N",
      description = "stop after N instructions (default: no limit)")
  private Long given;

  InsnLimit() {}

  /** The number, at least 1; without the option the largest there is. */
  long instructions() {
    if (given == null) {
      return Long.MAX_VALUE;
    }
    if (given < 1) {
      throw new BadInput("--max-insns " + given + ": expected at least 1");
    }
    return given;
  }

  boolean isGiven() {
    return given != null;
  }
}
