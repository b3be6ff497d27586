package org.trampoline.kernel.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code trampoline}: every other command is a subcommand of it. */
@Command(
    name = "trampoline",
    description = "A 32-bit x86 machine that runs real Linux kernel-thread code.",
    versionProvider = Trampoline.Version.class,
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
public final class Trampoline implements Runnable {
  @Spec private CommandSpec spec;

  Trampoline() {}

  /**
   * Runs a command and exits with its status.
   *
   * @param args the command and its arguments
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Trampoline()).execute(args));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is needed");
  }

  /** The version that the build wrote into the jar. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Trampoline.class.getPackage().getImplementationVersion();
      return new String[] {"trampoline " + (version == null ? "(not from a jar)" : version)};
    }
  }
}
