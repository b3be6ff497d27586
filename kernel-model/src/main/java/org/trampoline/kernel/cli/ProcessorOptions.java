package org.trampoline.kernel.cli;

import java.util.Locale;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.cpu.UndefinedFlags;
import picocli.CommandLine.Option;

/** Which processor the machine has. */
final class ProcessorOptions {
  @Option(
      names = "--cpu",
      paramLabel = "MODEL",
      description = "486, pentium, pentium3, pentium4 or max (default pentium4)")
  private String cpu;

  @Option(
      names = "--undefined-flags",
      paramLabel = "PROFILE",
      description =
          "what becomes of the flags that an instruction leaves undefined: usual (default),"
              + " unchanged, or zen as on AMD's processors of that name")
  private String undefinedFlags;

  ProcessorOptions() {}

  /** The first of the options given, or null. */
  String first() {
    return cpu != null ? "--cpu" : undefinedFlags != null ? "--undefined-flags" : null;
  }

  /**
   * Makes a machine, before it is built, as was asked for.
   *
   * @throws BadInput if there is no such model or profile
   */
  void configure(Machine.Builder builder) {
    if (cpu != null) {
      builder.cpu(model());
    }
    if (undefinedFlags != null) {
      builder.undefinedFlags(profile());
    }
  }

  private CpuModel model() {
    try {
      return CpuModel.of(cpu);
    } catch (IllegalArgumentException e) {
      throw new BadInput("--cpu " + cpu + ": " + e.getMessage());
    }
  }

  private UndefinedFlags profile() {
    for (UndefinedFlags profile : UndefinedFlags.values()) {
      if (profile.name().toLowerCase(Locale.ROOT).equals(undefinedFlags)) {
        return profile;
      }
    }
    throw new BadInput(
        "--undefined-flags " + undefinedFlags + ": expected usual, unchanged or zen");
  }
}
