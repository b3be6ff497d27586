package org.trampoline.kernel.cli;

import java.nio.file.Path;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code trampoline bench}: the JMH suites, with a table people can read. */
@Command(
    name = "bench",
    description = "Measures context switches and TLB paths, beside Unicorn where it is there.",
    mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "FILTER",
      description = "regular expression that the benchmarks' names contain (default: all)")
  private String filter = "";

  @Option(names = "--quick", description = "a look in about a minute instead of a measurement")
  private boolean quick;

  @Option(names = "--json", paramLabel = "FILE", description = "keep JMH's result in FILE")
  private Path json;

  BenchCommand() {}

  @Override
  public Integer call() {
    BenchmarkSuite suite =
        ServiceLoader.load(BenchmarkSuite.class)
            .findFirst()
            .orElseThrow(
                () -> new BadInput("bench: the module benchmarks is not on the class path"));
    return suite.run(
        filter == null ? "" : filter,
        quick,
        json,
        spec.commandLine().getOut(),
        spec.commandLine().getErr());
  }
}
