package org.trampoline.kernel.cli;

import org.trampoline.asm.AssemblyException;
import org.trampoline.asm.KeystoneUnavailableException;
import org.trampoline.emulator.memory.NoHostMemoryException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The command {@code trampoline}: every other command is a subcommand of it. */
@Command(
    name = "trampoline",
    description = "A 32-bit x86 machine that runs real Linux kernel-thread code.",
    versionProvider = Trampoline.Version.class,
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      RunCommand.class,
      DiffCommand.class,
      CoverageCommand.class,
      KernelCommand.class,
      BenchCommand.class
    })
public final class Trampoline implements Runnable {
  private static final int BAD_INPUT = 2;

  @Spec private CommandSpec spec;

  Trampoline() {}

  /**
   * Runs a command and exits with its status.
   *
   * @param args the command and its arguments
   */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  /** The whole command line; bad input of any kind becomes one line and exit status 2. */
  static CommandLine commandLine() {
    return new CommandLine(new Trampoline())
        .registerConverter(Long.class, Trampoline::number)
        .registerConverter(long.class, Trampoline::number)
        .setParameterExceptionHandler(
            (e, args) ->
                complain(
                    e.getCommandLine(),
                    e.getMessage().replaceFirst("^Error: ", ""), // of groups of options
                    CommandLine.ExitCode.USAGE))
        .setExecutionExceptionHandler(
            (e, commandLine, result) ->
                switch (e) {
                  case BadInput bad -> complain(commandLine, bad.getMessage(), BAD_INPUT);
                  case NoHostMemoryException no ->
                      complain(commandLine, no.getMessage(), BAD_INPUT);
                  case AssemblyException bad -> complain(commandLine, bad.getMessage(), BAD_INPUT);
                  case KeystoneUnavailableException missing ->
                      complain(commandLine, missing.getMessage(), BAD_INPUT);
                  default -> internalError(commandLine, e);
                });
  }

  private static Long number(String text) {
    try {
      return Long.decode(text);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("'" + text + "' is no number of 64 bits");
    }
  }

  /** A fault of ours: named, in a line, with the way to see more. */
  private static int internalError(CommandLine commandLine, Exception e) {
    if (System.getenv("TRAMPOLINE_DEBUG") != null) {
      e.printStackTrace(commandLine.getErr());
    }
    return complain(
        commandLine,
        "internal error, please report it (TRAMPOLINE_DEBUG=1 shows where): " + e,
        CommandLine.ExitCode.SOFTWARE);
  }

  private static int complain(CommandLine commandLine, String problem, int status) {
    commandLine.getErr().println("trampoline: " + problem.lines().findFirst().orElse(problem));
    return status;
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
