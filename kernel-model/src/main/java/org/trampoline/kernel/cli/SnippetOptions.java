package org.trampoline.kernel.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.trampoline.emulator.engine.Register;
import picocli.CommandLine.Option;

/** The state in which a program of the user's begins. */
final class SnippetOptions {
  @Option(
      names = "--reg",
      paramLabel = "NAME=VALUE",
      description = "initial value of a register of a program; may be repeated")
  private List<String> registers = new ArrayList<>();

  @Option(
      names = "--at",
      paramLabel = "ADDR",
      converter = Numbers.class,
      description = "where the program lies (default 0x100000)")
  private Integer at;

  SnippetOptions() {}

  /** Linear address of the first byte. */
  int origin() {
    return at == null ? Snippet.ORIGIN : at;
  }

  /**
   * The registers that are given.
   *
   * @throws BadInput if there is no such register or value
   */
  Map<Register, Integer> registers() {
    return RegisterOption.parse(registers);
  }

  boolean isGiven() {
    return at != null || !registers.isEmpty();
  }
}
