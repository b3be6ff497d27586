package org.trampoline.kernel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code --cpus} and {@code --seed}, and what traces show of several processors. */
class SeveralProcessorsTest {
  @TempDir Path directory;

  private int status;
  private String error;

  private List<String> run(String... args) {
    CommandResult result = CommandResult.of(args);
    status = result.status();
    error = result.error();
    return result.lines();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "smp-boot --cpus 1 | --cpus 1: expected 2 to 8",
        "threads --cpus 9 | --cpus 9: expected 1 to 8",
        "threads --cpus 0 | --cpus 0: expected 1 to 8",
        "smp-boot --engine unicorn | --engine unicorn: it has one processor",
      })
  void whatCannotBeIsSaidInALine(String arguments, String message) {
    run(("kernel " + arguments).split(" "));
    assertEquals(2, status);
    assertEquals(1, error.lines().count(), error);
    assertTrue(error.contains(message), error);
  }

  /** Also those scenarios that have no timer on one processor, and end by themselves. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "boot --cpus 2 | Brought up 2 CPUs",
        "page-offset --cpus 2 | #PF, CR2 0xc0001000, error 0x0005: protection, read, user",
        "oops --cpus 3 | the rest goes on",
        "lazy-tlb --cpus 2 | no more its",
        "init --cpus 8 | panic: Attempted to kill init!",
        "exit --cpus 2 | panic: Aiee, killing interrupt handler!",
        "daemonize --cpus 2 | parent 1, exit_signal 17, blocked ffffffff, nice 0",
        "swap-full --cpus 2 | init goes on",
      })
  void everyScenarioRunsOnSeveral(String arguments, String shown) {
    List<String> out = run(("kernel " + arguments).split(" "));
    assertEquals(0, status, out::toString);
    assertEquals("", error);
    assertTrue(out.stream().anyMatch(line -> line.contains(shown)), out::toString);
  }

  /** Both of lazy-tlb's kernels, of which it makes the second itself. */
  @Test
  void lazyTlbIsMeasuredTwiceUnderTheGivenSeed() {
    List<String> out = run("kernel", "lazy-tlb", "--cpus", "2", "--seed", "7");
    assertEquals(0, status, error);
    List<String> rows = out.stream().filter(line -> line.matches("o(n|ff) .*")).toList();
    assertEquals(2, rows.size(), out::toString);
    rows.forEach(row -> assertTrue(row.matches(".* \\d+  7"), row));
  }

  /** The same bugs end in the same way, and the stack that overran its end on any processor. */
  @Test
  void oopsesAreTheSameOnSeveral() {
    List<String> one = run("kernel", "oops", "--log");
    List<String> three = run("kernel", "oops", "--cpus", "3", "--log");
    for (String line : List.of("Unable to handle", "divide error", "invalid operand", "overran")) {
      long count = one.stream().filter(text -> text.contains(line)).count();
      assertTrue(count > 0, line);
      assertEquals(count, three.stream().filter(text -> text.contains(line)).count(), line);
    }
  }

  @Test
  void eventsAndProcessesSayWhichProcessor() {
    List<String> out = run("kernel", "smp-migration", "--cpus", "3", "--seed", "5");
    assertEquals(0, status, error);
    for (int cpu = 0; cpu < 3; cpu++) {
      String where = "on CPU " + cpu + ", APIC " + cpu;
      String by = " #" + cpu + "]";
      assertTrue(
          out.stream().anyMatch(line -> line.contains(by) && line.endsWith(where)), out::toString);
    }
    List<String> ps = run("kernel", "smp-boot", "--ps");
    assertEquals("  PID TTY      STAT PSR   TIME COMMAND", ps.getFirst());
    assertTrue(ps.contains("    4 ?        S      1  0:00  \\_ [migration/1]"), ps::toString);
  }

  @Test
  void ftraceTextHasTheColumnOfProcessors() throws IOException {
    Path file = directory.resolve("t.txt");
    run("kernel", "smp-shootdown", "--trace", file.toString());
    assertEquals(0, status, error);
    List<String> lines = Files.readAllLines(file);
    assertTrue(lines.get(2).endsWith("#P:2"), lines.get(2));
    double last = 0;
    Set<String> kinds = new HashSet<>();
    for (String line : lines.stream().filter(text -> !text.startsWith("#")).toList()) {
      String[] parts = line.substring(25).trim().split("\\s+", -1);
      double time = Double.parseDouble(parts[2].replace(":", ""));
      assertTrue(time >= last, line);
      last = time;
      kinds.add(parts[0] + parts[3]);
    }
    assertTrue(
        kinds.containsAll(
            Set.of(
                "[001]local_timer_entry:",
                "[001]invalidate_tlb_exit:",
                "[000]irq_handler_exit:",
                "[000]ipi_raise:",
                "[001]tlb_flush:",
                "[001]sched_switch:",
                "[000]sched_switch:")),
        kinds::toString);
  }

  /** A lane for each processor, one for each process 0, none with two things at once. */
  @Test
  void chromeTraceHasALaneForEachProcessor() throws IOException {
    Path file = directory.resolve("t.json");
    run("kernel", "smp-balance", "--cpus", "3", "--trace", file.toString());
    assertEquals(0, status, error);
    JsonNode root = new ObjectMapper().readTree(file.toFile());
    Map<String, String> names = new HashMap<>();
    Map<String, List<double[]>> slices = new HashMap<>();
    for (JsonNode event : root.get("traceEvents")) {
      String lane = event.get("pid").asInt() + "/" + event.get("tid").asInt();
      if (event.get("ph").asText().equals("M")) {
        names.put(event.at("/args/name").asText(), lane);
      } else if (event.get("ph").asText().equals("X")) {
        double from = event.get("ts").asDouble();
        slices
            .computeIfAbsent(lane, key -> new ArrayList<>())
            .add(new double[] {from, from + event.get("dur").asDouble()});
      }
    }
    for (int cpu = 0; cpu < 3; cpu++) {
      assertTrue(names.containsKey("swapper/" + cpu + ":0"), names::toString);
      List<double[]> lane = slices.get(names.get("CPU " + cpu));
      lane.sort(Comparator.comparingDouble(slice -> slice[0]));
      double busy = 0;
      for (int i = 0; i < lane.size(); i++) {
        busy += lane.get(i)[1] - lane.get(i)[0];
        assertTrue(i == 0 || lane.get(i)[0] >= lane.get(i - 1)[1] - 1e-3, "overlap on CPU " + cpu);
      }
      assertTrue(busy > 400_000, "half a second of busy threads: " + busy + " us");
    }
  }
}
