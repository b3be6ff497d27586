package org.trampoline.bench.jmh;

import java.io.PrintWriter;
import java.util.Collection;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.format.OutputFormat;

/** Of what JMH says while it runs: a line for each benchmark, and why one failed. */
final class Progress implements OutputFormat {
  private final PrintWriter out;
  private String cause;

  Progress(PrintWriter out) {
    this.out = out;
  }

  /** Why a benchmark failed, a line; null if none did. */
  String cause() {
    return cause;
  }

  @Override
  public void startBenchmark(BenchmarkParams params) {
    StringBuilder line = new StringBuilder("bench: ");
    String name = params.getBenchmark();
    line.append(name, name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1, name.length());
    for (String key : params.getParamsKeys()) {
      line.append(' ').append(params.getParam(key));
    }
    out.println(line);
    out.flush();
  }

  /** JMH prints a failure's stack trace as text; its exception's line is enough. */
  @Override
  public void println(String text) {
    if (cause == null) {
      cause = text.lines().filter(line -> line.contains("Exception: ")).findFirst().orElse(null);
    }
  }

  @Override
  public void print(String text) {
    println(text);
  }

  @Override
  public void iteration(BenchmarkParams benchmark, IterationParams params, int number) {}

  @Override
  public void iterationResult(
      BenchmarkParams benchmark, IterationParams params, int number, IterationResult result) {}

  @Override
  public void endBenchmark(BenchmarkResult result) {}

  @Override
  public void startRun() {}

  @Override
  public void endRun(Collection<RunResult> results) {}

  @Override
  public void verbosePrintln(String text) {}

  @Override
  public void write(int value) {}

  @Override
  public void write(byte[] bytes) {}

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
