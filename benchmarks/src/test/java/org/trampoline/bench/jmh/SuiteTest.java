package org.trampoline.bench.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.runner.options.TimeValue;
import org.trampoline.bench.EngineKind;
import org.trampoline.bench.Processor;
import org.trampoline.bench.programs.Workload;
import org.trampoline.kernel.cli.BadInput;

/** The suites' guest programs run, and alike on every engine that is measured. */
class SuiteTest {
  private static final int USER = 0x0800_0000;

  static List<Arguments> programs() {
    return Stream.of(
            new Object[] {"context-switch", 0, 0},
            new Object[] {"context-switch", 0, 16},
            new Object[] {"context-switch", 1, 16},
            new Object[] {"context-switch", 3, 1024},
            new Object[] {"tlb-hit", 0, USER},
            new Object[] {"tlb-hit", 0, 0x0c00_0000},
            new Object[] {"tlb-miss", 0, USER},
            new Object[] {"tlb-miss", 0, 0x0c00_0000},
            new Object[] {"invlpg", 0, USER},
            new Object[] {"table-edit", 0, USER},
            new Object[] {"cr3-load", 0, 0},
            new Object[] {"cr3-load", 0, 0x1000_0000})
        .flatMap(
            program ->
                Arrays.stream(EngineKind.values())
                    .map(engine -> Arguments.of(engine, program[0], program[1], program[2])))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("programs")
  void enginesAgree(EngineKind engine, String name, int setup, int argument) {
    assumePresent(engine);
    try (GuestProgram program = new GuestProgram(engine, name, setup, 10, argument)) {
      int first = program.run();
      assertEquals(first + program.difference(), program.run());
    }
  }

  @Test
  void processesReadPagesOfTheirOwn() {
    try (GuestProgram threads =
            new GuestProgram(EngineKind.INTERPRETER, "context-switch", 0, 2, 9);
        GuestProgram processes =
            new GuestProgram(EngineKind.INTERPRETER, "context-switch", 3, 2, 9)) {
      assertFalse(threads.difference() == processes.difference());
    }
  }

  @Test
  void wrongEngineIsFoundOut() {
    Processor wrong =
        new Processor() {
          private int result;

          @Override
          public void load(int physical, byte[] bytes) {}

          @Override
          public void run(int eip, int edi, int ebx) {
            result += 7;
          }

          @Override
          public int result() {
            return result;
          }

          @Override
          public void close() {}
        };
    GuestProgram right = new GuestProgram(EngineKind.INTERPRETER, "tlb-hit", 0, 2, USER);
    assertThrows(
        IllegalStateException.class,
        () -> new GuestProgram(wrong, "tlb-hit", 0, 2, USER, right).close());
  }

  @ParameterizedTest
  @EnumSource
  void workloadsAgree(Workload workload) {
    try (WorkloadRound round = new WorkloadRound(EngineKind.TRANSLATOR, workload, 2)) {
      assertTrue(round.instructions() > 0);
      round.run();
    }
  }

  @ParameterizedTest
  @EnumSource
  void kernelThreadsComeAndGo(EngineKind engine) {
    assumePresent(engine);
    KernelThreadBenchmark benchmark = new KernelThreadBenchmark();
    benchmark.engine = engine;
    benchmark.open();
    benchmark.forkAndExit();
    benchmark.close();
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "UNICORN")
  void theOtherProcessorReadsThroughTheNewMapping(EngineKind engine) {
    ShootdownBenchmark benchmark = new ShootdownBenchmark();
    benchmark.engine = engine;
    benchmark.open();
    int before = benchmark.shootdown();
    assertFalse(before == benchmark.shootdown());
    benchmark.close();
  }

  @ParameterizedTest
  @EnumSource
  void eachBenchmarkHasATitle(Suite suite) {
    assertEquals(
        Arrays.stream(suite.type().getMethods())
            .filter(method -> method.isAnnotationPresent(Benchmark.class))
            .map(method -> suite.title(method.getName()).row())
            .distinct()
            .count(),
        Arrays.stream(suite.type().getMethods())
            .filter(method -> method.isAnnotationPresent(Benchmark.class))
            .count());
  }

  @Test
  void tableHasARowForEachBenchmarkAndJsonIsJmhs(@TempDir Path folder) throws Exception {
    Path json = folder.resolve("jmh.json");
    StringWriter out = new StringWriter();
    StringWriter progress = new StringWriter();
    int status =
        new SuiteRun(
                "ContextSwitch.*processes|systemCall",
                true,
                new PrintWriter(out, true),
                new PrintWriter(progress, true))
            .iterations(TimeValue.milliseconds(1))
            .processorTime(true)
            .run(json);
    assertEquals(0, status, progress.toString());
    List<String> lines = out.toString().lines().filter(line -> line.startsWith("  ")).toList();
    assertEquals(3, lines.size(), out.toString());
    assertTrue(lines.get(0).startsWith("  process ↔ process, 0 pages "), lines.get(0));
    assertTrue(lines.get(1).startsWith("  process ↔ process, 256 pages "), lines.get(1));
    assertTrue(lines.get(2).startsWith("  int 0x80 from ring 3, and iret "), lines.get(2));
    assertTrue(Files.readString(json).contains("\"jmhVersion\""));
    assertTrue(Files.readString(json).contains("\"processor\""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"no such benchmark", "("})
  void saysThatNothingFits(String filter) {
    PrintWriter text = new PrintWriter(new StringWriter(), true);
    BadInput said =
        assertThrows(BadInput.class, () -> new SuiteRun(filter, true, text, text).run(null));
    assertTrue(said.getMessage().contains(filter), said.getMessage());
  }

  private static void assumePresent(EngineKind engine) {
    String absence = engine.absence();
    boolean required =
        engine == EngineKind.UNICORN && "required".equals(System.getProperty("trampoline.oracles"));
    assertFalse(absence != null && required, absence);
    assumeTrue(absence == null, absence);
  }
}
