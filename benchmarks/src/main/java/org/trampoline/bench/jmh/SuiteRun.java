package org.trampoline.bench.jmh;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.trampoline.bench.EngineKind;
import org.trampoline.kernel.cli.BadInput;

/** Runs the JMH suites on the engines that are here. */
public final class SuiteRun {
  private static final TimeValue QUICK = TimeValue.milliseconds(50);

  private final String filter;
  private final boolean quick;
  private final PrintWriter out;
  private final PrintWriter progress;
  private TimeValue iteration;
  private boolean processorTime;

  /**
   * @param filter a regular expression that a benchmark's name must contain; empty for all
   * @param quick a minute's look, in this JVM and with fewer parameters
   * @param out for the table
   * @param progress for a line per benchmark while it runs
   */
  public SuiteRun(String filter, boolean quick, PrintWriter out, PrintWriter progress) {
    this.filter = filter;
    this.quick = quick;
    this.out = out;
    this.progress = progress;
    iteration = quick ? QUICK : null;
  }

  /** Counts what the measured thread gets of a processor, and not what passes meanwhile. */
  public SuiteRun processorTime(boolean on) {
    processorTime = on;
    return this;
  }

  /** Takes so long for an iteration, whatever the suites say. */
  SuiteRun iterations(TimeValue time) {
    iteration = time;
    return this;
  }

  /**
   * Runs them and prints the table.
   *
   * @param json where JMH's own result goes, or null
   * @return exit status: 1 if a benchmark failed, as one with a wrong result does, 2 if none fits
   *     the filter
   */
  public int run(Path json) {
    try {
      Pattern.compile(filter);
    } catch (PatternSyntaxException e) {
      throw new BadInput("bench: not a regular expression: " + filter);
    }
    List<EngineKind> present = new ArrayList<>();
    for (EngineKind kind : EngineKind.values()) {
      String absence = kind.absence();
      if (absence == null) {
        present.add(kind);
      } else {
        out.println("without " + kind.title() + ": " + absence);
      }
    }
    Map<Suite, Collection<RunResult>> results = new EnumMap<>(Suite.class);
    Progress format = new Progress(progress);
    for (Suite suite : Suite.values()) {
      try {
        results.put(suite, new Runner(options(suite, present).build(), format).run());
      } catch (NoBenchmarksException _) {
        // the filter names others
      } catch (RunnerException e) {
        String cause = format.cause();
        progress.println("bench: " + suite.title() + ": " + (cause == null ? e : cause));
        return 1;
      }
    }
    if (results.isEmpty()) {
      throw new BadInput("bench: no benchmark's name contains '" + filter + "'");
    }
    new ResultTable(present, results).print(out);
    out.flush();
    return json == null ? 0 : write(results, json);
  }

  private ChainedOptionsBuilder options(Suite suite, List<EngineKind> present) {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("^(?=.*(" + filter + "))" + Pattern.quote(suite.type().getName()) + "\\.")
            .param("engine", suite.engines(present).stream().map(Enum::name).toArray(String[]::new))
            .shouldFailOnError(true);
    if (quick) {
      options.forks(0).warmupIterations(3).measurementIterations(5);
      suite.quick().forEach((name, values) -> options.param(name, values.toArray(String[]::new)));
    }
    if (processorTime) {
      options.addProfiler(ProcessorShare.class);
    }
    if (iteration != null) {
      options.warmupTime(iteration).measurementTime(iteration);
    }
    return options;
  }

  private int write(Map<Suite, Collection<RunResult>> results, Path json) {
    List<RunResult> all = results.values().stream().flatMap(Collection::stream).toList();
    try (PrintStream file =
        new PrintStream(Files.newOutputStream(json), false, StandardCharsets.UTF_8)) {
      ResultFormatFactory.getInstance(ResultFormatType.JSON, file).writeOut(all);
      return 0;
    } catch (IOException e) {
      throw new BadInput("bench: cannot write " + json + ": " + e.getMessage());
    }
  }
}
