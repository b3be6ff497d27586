package org.trampoline.kernel.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.opentest4j.AssertionFailedError;
import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.memory.TlbGeometry;
import org.trampoline.emulator.memory.TlbModel;
import org.trampoline.kernel.Booted;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelVersion;

/** Several processors do with each other what they do under Linux 2.6. */
class SmpScenariosTest {
  private static final Map<String, Watched> RUNS = new HashMap<>();

  private static Watched run(String name, int processors, long seed, boolean translate) {
    Machine.Builder builder =
        Machine.builder()
            .processors(processors, seed)
            .engine(translate ? ExecutionEngine.TRANSLATOR : ExecutionEngine.INTERPRETER);
    return Watched.run(name, Booted.smpImage(KernelVersion.V2_6_11), builder, kernel -> {});
  }

  private static synchronized Watched once(String name) {
    return RUNS.computeIfAbsent(name, key -> run(key, 2, 1, false));
  }

  /** Where in the events the first one that ends with a text is, from a place on. */
  private static int find(List<String> events, String text, int from) {
    for (int i = from; i < events.size(); i++) {
      if (events.get(i).endsWith(text)) {
        return i;
      }
    }
    throw new AssertionFailedError("no '" + text + "' in " + events.subList(from, events.size()));
  }

  private static long count(List<String> events, String regex) {
    return events.stream().filter(event -> event.matches("\\d+ " + regex)).count();
  }

  private static List<Integer> numbers(String text) {
    List<Integer> numbers = new ArrayList<>();
    Matcher matcher = Pattern.compile("-?\\d+").matcher(text);
    while (matcher.find()) {
      numbers.add(Integer.parseInt(matcher.group()));
    }
    return numbers;
  }

  // ---- determinism

  @ParameterizedTest
  @ValueSource(strings = {"smp-boot", "smp-migration", "smp-shootdown", "smp-wakeup"})
  void aSeedDecidesEveryEventAndTheEngineNone(String name) {
    assertEquals(once(name).events(), run(name, 2, 1, false).events(), "again");
    assertEquals(once(name).events(), run(name, 2, 1, true).events(), "translated");
    assertNotEquals(once(name).events(), run(name, 2, 2, false).events(), "another seed");
  }

  @ParameterizedTest
  @CsvSource({"smp-boot,3", "smp-migration,2", "smp-migration,4", "smp-shootdown,2"})
  void theOutcomeIsTheSameWithEverySeed(String name, int processors) {
    List<String> first = outcome(run(name, processors, 1, false));
    for (long seed = 2; seed <= 4; seed++) {
      assertEquals(first, outcome(run(name, processors, seed, false)), "seed " + seed);
    }
  }

  /** The log without what time and chance decide: ticks, and who the interrupted one was. */
  private static List<String> outcome(Watched run) {
    return run.log().stream()
        .map(line -> line.replaceAll("\\d+ ticks", "ticks").replaceAll("process \\d+", "process"))
        .map(line -> line.matches(".*(swapper|khelper|kthread)]$") ? "somewhere" : line)
        .sorted()
        .toList();
  }

  // ---- smp-boot: smpboot.c, apic.c

  @ParameterizedTest
  @CsvSource({"2,V2_6_11", "2,V2_6_20", "5,V2_6_11", "8,V2_6_20"})
  void eachProcessorHasItsProcess0ItsThreadsAndItsTicks(int processors, KernelVersion version) {
    Watched run =
        Watched.run(
            "smp-boot",
            Booted.smpImage(version),
            Machine.builder().processors(processors, 7),
            kernel -> {});
    assertEquals(processors - 1, count(run.events(), "#\\d up \\d"));
    Set<String> stacks = new HashSet<>();
    for (int cpu = 0; cpu < processors; cpu++) {
      String at = "CPU " + cpu + ": ";
      assertEquals(1, run.lines(at + "on_each_cpu's function has run").size(), run.log()::toString);
      String idle = run.lines(at + "idle thread").getFirst();
      assertTrue(idle.contains("swapper, pid 0, cpu " + cpu + ", "), idle);
      stacks.add(idle.replaceAll(".*thread_info (\\w+).*", "$1"));
      int ticks = numbers(idle.replaceAll(".*, (\\d+ ticks)", "$1")).getFirst();
      assertTrue(ticks >= 12 && ticks <= 60, idle);
      String allowed = "%3d %08x".formatted(cpu, 1 << cpu);
      has(run, "  0     99 " + allowed + " [migration/" + cpu + "]");
      has(run, " 19      0 " + allowed + " [ksoftirqd/" + cpu + "]");
      has(run, " -5      0 " + allowed + " [events/" + cpu + "]");
    }
    assertEquals(processors, stacks.size(), "a stack for each");
  }

  private static void has(Watched run, String line) {
    assertEquals(
        1,
        run.log().stream().filter(text -> text.endsWith(line)).count(),
        () -> line + " in " + run.log());
  }

  // ---- smp-migration: set_cpus_allowed, migration_thread

  @Test
  void onlyAMigrationThreadTakesARunningThreadAway() {
    Watched run = once("smp-migration");
    String asked = "wanderer: set_cpus_allowed(current): on CPU %d, APIC %d";
    List<String> said = run.lines("wanderer");
    assertEquals(
        List.of(
            asked.formatted(0, 0),
            asked.formatted(1, 1),
            asked.formatted(0, 0),
            "wanderer: woken: on CPU 1, APIC 1",
            "wanderer: it was moved while it ran: on CPU 0, APIC 0"),
        said);
    assertEquals(
        List.of("set_cpus_allowed(wanderer, 0): -22"), run.lines("set_cpus_allowed(wanderer, 0)"));

    List<String> events = run.events();
    int pid = numbers(events.get(find(events, "comm 6 wanderer", 0))).get(2);
    int asleep = find(events, "set_cpus_allowed(wanderer, 2) while it sleeps", 0);
    int done = find(events, "set_cpus_allowed returned 0", asleep);
    List<String> sleeping = events.subList(asleep, done);
    assertEquals(1, count(sleeping, "#\\d migrate " + pid + " 0 -> 1"));
    assertEquals(0, count(sleeping, "#\\d wakeup [24]"), "no migration thread is needed");

    int running = find(events, "set_cpus_allowed(wanderer, 1) while it runs", done);
    List<String> moving =
        events.subList(running, find(events, "set_cpus_allowed returned 0", running));
    assertEquals(1, count(moving, "#\\d wakeup 4"), "migration/1");
    int preempted = find(moving, "switch " + pid + "(0) -> 4", 0);
    int moved = find(moving, "#1 migrate " + pid + " 1 -> 0", preempted);
    assertTrue(moved < find(moving, "#0 switch 0(0) -> " + pid, 0) || moved > 0, moving::toString);
  }

  // ---- smp-balance: load_balance

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void busyThreadsSpreadOverAllProcessorsThatTheyMayUse(int processors) {
    Watched run = run("smp-balance", processors, 1, false);
    List<String> sums = run.lines("together");
    int bound = numbers(sums.get(0)).getFirst();
    int free = numbers(sums.get(1)).getFirst();
    assertEquals(500, bound, 5, "a processor's time for threads that are bound to it");
    assertEquals(500 * processors, free, 25 * processors, "all processors' time");
    List<String> hogs = run.lines("hog/");
    Set<Integer> used = new HashSet<>();
    for (int i = 0; i < 6; i++) {
      assertTrue(hogs.get(i).endsWith("now on CPU 0"), hogs.get(i));
      used.add(numbers(hogs.get(6 + i)).getLast());
      assertTrue(numbers(hogs.get(6 + i)).get(1) >= 50, "starved: " + hogs.get(6 + i));
    }
    assertEquals(processors, used.size(), hogs::toString);
    assertTrue(count(run.events(), "#\\d migrate \\d+ 0 -> [12]") >= 3);
  }

  // ---- smp-shootdown: arch/i386/kernel/smp.c

  /** The events between two things that the process has said. */
  private static List<String> phase(Watched run, String from, String to) {
    int start = find(run.events(), from, 0);
    return run.events().subList(start, find(run.events(), to, start));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aLazyProcessorGetsOneInterruptAndLeaves(long seed) {
    Watched run = run("smp-shootdown", 2, seed, false);
    String ipi = "#0 ipi 2 fd";
    List<String> running = phase(run, "munmap twice", "idles on their memory: munmap");
    assertEquals(2, count(running, ipi));
    assertEquals(2, count(running, "#1 flush ffffffff remote"));
    assertEquals(0, count(running, "#\\d leave .*"));

    List<String> lazy = phase(run, "idles on their memory: munmap", "munmap twice more");
    assertEquals(1, count(lazy, ipi));
    assertEquals(1, count(lazy, "#1 leave 0"));
    assertEquals(0, count(lazy, "#1 flush .*"));

    List<String> left = phase(run, "munmap twice more", "the other thread runs again: munmap");
    assertEquals(2, count(left, "#0 flush ffffffff local"));
    assertEquals(0, count(left, "#0 ipi 2 fd"), left::toString);
    assertEquals(1, count(left, "#1 cr3 6"), "the thread runs again, on what was left");

    List<String> again = phase(run, "runs again: munmap", "that the other thread reads");
    assertEquals(1, count(again, ipi));
    assertEquals(1, count(again, "#1 flush ffffffff remote"));
    assertEquals(1, count(run.events(), "#1 exit 6 11"), "SIGSEGV");
  }

  private static void authoritative(Kernel kernel) {
    Machine machine = (Machine) kernel.engine();
    for (int i = 0; i < machine.processors(); i++) {
      machine.cpu(i).mmu.setTlb(new TlbModel(TlbGeometry.PENTIUM4, TlbModel.Mode.AUTHORITATIVE));
    }
  }

  private static Watched onHardwareLikeTlbs(Consumer<Kernel> preparation) {
    return Watched.run(
        "smp-shootdown",
        Booted.smpImage(KernelVersion.V2_6_11),
        Machine.builder().processors(2, 1),
        kernel -> {
          authoritative(kernel);
          preparation.accept(kernel);
        });
  }

  /**
   * With TLBs that keep stale entries, as hardware's do, the interrupts are what makes it right.
   */
  @Test
  void theShootdownIsEnoughForTlbsThatKeepStaleEntries() {
    Watched run = onHardwareLikeTlbs(kernel -> {});
    assertNull(run.end());
    assertEquals(1, count(run.events(), "#1 exit 6 11"), "the page is gone for CPU 1, too");
  }

  /** A kernel that forgets the interrupt: its other processor goes on reading the freed page. */
  @Test
  void withoutTheInterruptAStaleEntryIsUsed() {
    List<Watched> ran = new ArrayList<>();
    assertThrows(
        AssertionError.class,
        () ->
            ran.add(
                onHardwareLikeTlbs(
                    kernel ->
                        kernel
                            .engine()
                            .hostCall(
                                kernel.symbol("send_IPI_mask"),
                                (engine, address) ->
                                    kernel.memory().write(kernel.symbol("flush_cpumask"), 0)))));
    assertEquals(List.of(), ran, "the process waits for ever for its thread to die");
  }

  // ---- smp-wakeup: resched_task, smp_send_reschedule

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aBetterThreadRunsAtOnceAndAWorseOneWaits(long seed) {
    Watched run = run("smp-wakeup", 2, seed, false);
    List<String> woken = run.lines("sleeper: runs on CPU 1");
    assertEquals(9, woken.size());
    for (int i = 0; i < 8; i++) {
      int cycles = numbers(woken.get(i)).get(1);
      assertTrue(cycles < 1500, "a tick comes all 10000 cycles: " + woken.get(i));
    }
    assertTrue(numbers(woken.get(8)).get(1) > 200_000, "30 ms of a better one: " + woken.get(8));
    List<String> events = run.events();
    int better = find(events, "with a thread of SCHED_FIFO 60 for 30 ms:", 0);
    assertEquals(0, count(events.subList(better, events.size()), "#0 ipi 2 fc"));
    int idle = find(events, "CPU 1 is idle:", 0);
    int busy = find(events, "the sleeper is SCHED_FIFO 50:", 0);
    // another thread may have to be told, too: the one that is to be busy
    assertTrue(count(events.subList(idle, busy), "#0 ipi 2 fc") >= 4);
    assertEquals(4, count(events.subList(busy, better), "#0 ipi 2 fc"));
  }

  // ---- the other scenarios

  @ParameterizedTest
  @ValueSource(
      strings = {
        "process0",
        "kernel-thread",
        "kthread",
        "signals",
        "preempt",
        "workqueue",
        "softirq",
        "threads",
        "kblockd",
        "pdflush",
        "kswapd",
        "swap-full",
        "kjournald",
        "kapmd",
        "module",
        "module-errors"
      })
  void scenariosOfOneProcessorRunOnTwo(String name) {
    Watched run = once(name);
    assertNull(run.end(), "panic");
    List<String> bad =
        run.log().stream()
            .filter(line -> line.matches(".*(Oops|BUG|while atomic|APIC error|Unknown int).*"))
            .toList();
    assertEquals(List.of(), bad);
    assertTrue(run.events().stream().anyMatch(event -> event.contains(" #1 ")), "CPU 1 works");
  }
}
