package org.trampoline.kernel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.trampoline.kernel.Needs;
import org.trampoline.kernel.scenario.Scenarios;

/**
 * Every scenario has the same stream of events, log, list of processes and trace on every run,
 * under both engines, and on Unicorn if it has one processor; the long ones up to a limit.
 */
class ScenarioEnginesTest {
  private static final String OURS = "4000000";
  private static final String UNICORNS = "400000";

  @TempDir Path folder;

  static Stream<String> all() {
    return Scenarios.all().stream().map(Scenarios.Entry::name);
  }

  static Stream<String> onOneProcessor() {
    return Scenarios.all().stream()
        .filter(entry -> entry.processors() == 1)
        .map(Scenarios.Entry::name);
  }

  private static String run(String... arguments) {
    CommandResult result = CommandResult.of(arguments);
    assertEquals("", result.error());
    assertTrue(result.status() < 2, "status 2");
    return result.out();
  }

  /** A run with what is looked at besides: the whole of it as lines. */
  private List<String> looked(String engine, String limit, String... more) throws IOException {
    List<String> common =
        new ArrayList<>(List.of("kernel", "--engine", engine, "--max-insns", limit));
    common.addAll(Arrays.asList(more));
    List<String> lines = new ArrayList<>();
    lines.addAll(run(with(common, "--json")).lines().toList());
    Path trace = folder.resolve(engine + ".txt");
    String[] look = with(common, "--log", "--ps", "--ps-at", "36000", "--trace", trace.toString());
    lines.addAll(run(look).lines().toList());
    lines.addAll(Files.readAllLines(trace));
    return lines;
  }

  private static String[] with(List<String> common, String... more) {
    return Stream.concat(common.stream(), Arrays.stream(more)).toArray(String[]::new);
  }

  private static void same(List<String> expected, List<String> found) {
    for (int n = 0; n < Math.min(expected.size(), found.size()); n++) {
      assertEquals(expected.get(n), found.get(n), "line " + n);
    }
    assertEquals(expected.size(), found.size());
    assertFalse(expected.isEmpty());
  }

  @ParameterizedTest
  @MethodSource("all")
  void underBothEngines(String name) throws IOException {
    same(looked("interpreter", OURS, name), looked("translator", OURS, name));
  }

  /** With other turns it is another stream, and again the same under both. */
  @ParameterizedTest
  @MethodSource("all")
  void underBothEnginesOnThreeProcessors(String name) throws IOException {
    String[] options = {name, "--cpus", "3", "--seed", "11"};
    same(looked("interpreter", "2000000", options), looked("translator", "2000000", options));
  }

  @ParameterizedTest
  @MethodSource("onOneProcessor")
  void onUnicorn(String name) throws IOException {
    Needs.unicorn();
    List<String> ours = looked("interpreter", UNICORNS, name);
    List<String> unicorns = looked("unicorn", UNICORNS, name);
    if (name.equals("lazy-tlb")) { // whose TLB's counts are our machine's only
      UnaryOperator<String> withoutCounts =
          line -> line.matches("o(n|ff) +\\d.*") ? line.substring(0, 31) : line;
      ours.replaceAll(withoutCounts);
      unicorns.replaceAll(withoutCounts);
    }
    same(ours, unicorns);
  }
}
