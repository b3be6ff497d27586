package org.trampoline.kernel.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code trampoline bench}: benchmarks, with tables people can read. */
@Command(
    name = "bench",
    description = {
      "Measures the machine beside other engines, where they are there.",
      "Without WHAT the JMH suites: context switches, TLB, traps, kernel threads, guest code.",
      "peers: guest programs on all engines, Unicorn, QEMU, v86 and natively.",
      "cold: runs that begin with the start of a process.",
      "scaling: how cost grows with code, working set and tasks.",
      "soak: guests for an hour; fails if the process grows.",
      "pauses: how long the JVM waits for a guest before it can collect garbage."
    },
    mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "WHAT",
      description =
          "peers, cold, scaling, soak, pauses, or a regular expression that names of JMH benchmarks"
              + " contain (default: all of them)")
  private String filter = "";

  @Option(names = "--quick", description = "a look in a minute or two instead of a measurement")
  private boolean quick;

  @Option(
      names = "--cpu-time",
      description = "count processor time, on a machine that does other things too; not of cold")
  private boolean cpuTime;

  @Option(names = "--json", paramLabel = "FILE", description = "keep JMH's result in FILE")
  private Path json;

  @Option(names = "--html", paramLabel = "FILE", description = "draw the plots of scaling in FILE")
  private Path html;

  @Option(
      names = "--time",
      paramLabel = "TIME",
      converter = TimeSpan.class,
      description = "how long soak runs: 90s, 10m, 2h (1h)")
  private Duration time;

  @Option(
      names = "--linux",
      paramLabel = "FILE",
      description = "boot this bzImage in soak and pauses, too")
  private Path linux;

  @Option(
      names = "--initrd",
      paramLabel = "FILE",
      description = "for --linux; its first process has to reboot in the end")
  private Path initrd;

  BenchCommand() {}

  @Override
  public Integer call() {
    BenchmarkSuite suite =
        ServiceLoader.load(BenchmarkSuite.class)
            .findFirst()
            .orElseThrow(
                () -> new BadInput("bench: the module benchmarks is not on the class path"));
    return suite.run(
        new BenchmarkSuite.Request(
            filter == null ? "" : filter,
            quick,
            cpuTime,
            json,
            html,
            new BenchmarkSuite.LongRun(time, linux, initrd)),
        spec.commandLine().getOut(),
        spec.commandLine().getErr());
  }
}
