package org.trampoline.bench.soak;

import java.util.Optional;
import org.trampoline.bench.EngineKind;
import org.trampoline.bench.jmh.KernelThreadBenchmark;
import org.trampoline.bench.jmh.ShootdownBenchmark;
import org.trampoline.emulator.translate.TranslatorStatistics;

/** A benchmark of the JMH suites as a guest that goes on for ever; it checks its own results. */
final class SuiteGuest implements Guest {
  private static final int OPERATIONS = 50;

  private final String title;
  private final Runnable operation;
  private final Runnable close;

  private SuiteGuest(String title, Runnable operation, Runnable close) {
    this.title = title;
    this.operation = operation;
    this.close = close;
  }

  /** The kernel model, whose process 1 starts kernel threads and waits for them. */
  static Guest kernelThreads(EngineKind engine) {
    KernelThreadBenchmark benchmark = new KernelThreadBenchmark();
    benchmark.engine = engine;
    benchmark.open();
    return new SuiteGuest("kernel threads", benchmark::forkAndExit, benchmark::close);
  }

  /** Two processors, one of which edits a page table and interrupts the other. */
  static Guest shootdown(EngineKind engine) {
    ShootdownBenchmark benchmark = new ShootdownBenchmark();
    benchmark.engine = engine;
    benchmark.open();
    return new SuiteGuest("shootdown", benchmark::shootdown, benchmark::close);
  }

  @Override
  public String title() {
    return title;
  }

  @Override
  public void advance() {
    try {
      for (int i = 0; i < OPERATIONS; i++) {
        operation.run();
      }
    } catch (IllegalStateException wrongResult) {
      throw new GuestFailure(wrongResult.getMessage());
    }
  }

  @Override
  public Optional<TranslatorStatistics> statistics() {
    return Optional.empty();
  }

  @Override
  public long instructions() {
    return 0;
  }

  @Override
  public void close() {
    close.run();
  }
}
