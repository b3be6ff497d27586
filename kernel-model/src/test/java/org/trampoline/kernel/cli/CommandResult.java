package org.trampoline.kernel.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import picocli.CommandLine;

/**
 * What a command of {@code trampoline} has printed and its exit status.
 *
 * @param error what went to the standard error stream
 */
record CommandResult(int status, String out, String error) {
  static CommandResult of(String... args) {
    CommandLine commandLine = Trampoline.commandLine();
    StringWriter out = new StringWriter();
    StringWriter error = new StringWriter();
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.setErr(new PrintWriter(error, true));
    int status = commandLine.execute(args);
    return new CommandResult(status, out.toString(), error.toString());
  }

  List<String> lines() {
    return out.lines().toList();
  }
}
