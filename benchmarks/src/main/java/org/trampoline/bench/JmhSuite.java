package org.trampoline.bench;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Collection;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.trampoline.bench.peers.PeerComparison;
import org.trampoline.emulator.oracle.Unicorn;
import org.trampoline.kernel.cli.BenchmarkSuite;

/** Runs this module's JMH benchmarks for the command line. */
public final class JmhSuite implements BenchmarkSuite {
  private static final String PEERS = "peers";
  private static final TimeValue QUICK = TimeValue.milliseconds(250);

  @Override
  public int run(String filter, boolean quick, Path json, PrintWriter out, PrintWriter progress) {
    if (filter.equals(PEERS)) {
      return new PeerComparison(quick, out, progress).run();
    }
    try {
      Pattern.compile(filter);
    } catch (PatternSyntaxException e) {
      progress.println("bench: not a regular expression: " + filter);
      return 2;
    }
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(Pattern.quote(getClass().getPackageName()) + "\\..*(" + filter + ")")
            .verbosity(VerboseMode.SILENT)
            .shouldFailOnError(true);
    if (quick) {
      options.warmupIterations(2).warmupTime(QUICK).measurementIterations(3).measurementTime(QUICK);
    }
    String reason = Unicorn.unavailableReason();
    if (reason != null) {
      out.println("without Unicorn: " + reason);
      options.param("engine", EngineKind.INTERPRETER.name());
    }
    if (json != null) {
      options.resultFormat(ResultFormatType.JSON).result(json.toString());
    }
    progress.println("bench: running" + (quick ? ", about a minute" : ", several minutes"));
    progress.flush();
    try {
      Collection<RunResult> results = new Runner(options.build()).run();
      new ResultTable(results).print(out);
      out.flush();
      return 0;
    } catch (NoBenchmarksException e) {
      progress.println("bench: no benchmark's name contains '" + filter + "'");
      return 2;
    } catch (RunnerException e) {
      progress.println("bench: " + e.getMessage());
      return 1;
    }
  }
}
