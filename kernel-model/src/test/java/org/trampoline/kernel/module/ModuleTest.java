package org.trampoline.kernel.module;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.trampoline.asm.Source;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.device.Pc;
import org.trampoline.kernel.Booted;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelVersion;
import org.trampoline.kernel.printk.LogLine;
import org.trampoline.kernel.scenario.ModuleScenario;
import org.trampoline.kernel.scenario.Scenario;
import org.trampoline.kernel.scenario.Scenarios;

/** kernel/module.c. */
class ModuleTest {
  private static final long LIMIT = 200_000_000;

  private Kernel kernel;
  private int freePages;

  private List<LogLine> run(Scenarios.Loader loader) {
    try (Machine machine =
        new Pc(Machine.builder().memory(16 << 20).frequency(10_000_000)).machine()) {
      Scenario scenario = loader.load(machine, Booted.image(KernelVersion.V2_6_11));
      kernel = scenario.kernel();
      scenario.run(LIMIT);
      assertTrue(kernel.poweredOff() || kernel.panicMessage() != null);
      freePages = kernel.pages().free();
      return kernel.printk().log();
    }
  }

  private List<String> texts(Scenarios.Loader loader) {
    List<String> texts = run(loader).stream().map(LogLine::text).toList();
    return texts.subList(2, texts.size());
  }

  private static Scenarios.Loader named(String name) {
    return Scenarios.named(name).orElseThrow().loader();
  }

  /** The thread speaks every five seconds, and cleanup_module waits for its end. */
  @Test
  void theClassicExample() {
    List<LogLine> log = run(named("module"));
    List<LogLine> rounds =
        log.stream().filter(line -> line.text().startsWith("my_thread: round")).toList();
    assertEquals(3, rounds.size());
    for (int i = 1; i < 3; i++) {
      long pause = rounds.get(i).nanos() - rounds.get(i - 1).nanos();
      assertTrue(Math.abs(pause - 5_000_000_000L) < 2_000_000, () -> pause + " ns");
    }
    assertEquals(
        List.of(
            "my_thread: killed",
            "my_thread: the thread is gone, and now the module",
            "rmmod my_thread: 0"),
        log.subList(log.size() - 3, log.size()).stream().map(LogLine::text).toList());
    assertEquals(List.of(), kernel.kallsyms().modules());
  }

  @Test
  void whatInsmodAndRmmodRefuse() {
    assertEquals(
        List.of(
            "unresolved: Unknown symbol sys_call_table",
            "insmod unresolved: -2",
            "importer: Unknown symbol answer",
            "insmod importer: -2",
            "exporter: module license 'unspecified' taints kernel.",
            "insmod exporter: 0",
            "insmod exporter: -17",
            "insmod importer: 0",
            "importer: a thread was answered 42",
            "rmmod exporter: -11",
            "rmmod importer: 0",
            "rmmod exporter: 0",
            "rmmod exporter: -2",
            "insmod failing: -19",
            "insmod permanent: 0",
            "rmmod permanent: -16"),
        texts(named("module-errors")));
  }

  /** The page is gone: the fault is at the very address that the thread wanted to go on at. */
  @Test
  void aThreadInsideAnUnloadedModule() {
    List<String> log = texts(named("module-leak"));
    assertTrue(log.contains("rmmod leaky_thread: 0"));
    String unable = "Unable to handle kernel paging request at virtual address ";
    String first = log.stream().filter(line -> line.startsWith(unable)).findFirst().orElseThrow();
    String address = first.substring(unable.length());
    assertTrue(address.startsWith("c18000"), address);
    assertTrue(log.contains("EIP is at 0x" + address));
    assertTrue(log.contains("*pte = 00000000"));
    assertEquals(1, log.stream().filter(line -> line.equals("Oops: 0000 [#1]")).count());
    assertEquals(null, kernel.panicMessage());
  }

  /** The thread of a module that stays is killed by the call; its module can still be removed. */
  @Test
  void aPointerIntoAnUnloadedModule() {
    List<String> log = texts(named("module-leak"));
    log = log.subList(log.indexOf("insmod forgetful: 0"), log.size());
    int answered = log.indexOf("caller: was answered 42");
    int removed = log.indexOf("rmmod forgetful: 0");
    assertTrue(0 < answered && answered < removed, log::toString);
    List<String> after = log.subList(removed + 1, log.size());
    String unable = "Unable to handle kernel paging request at virtual address ";
    assertTrue(after.getFirst().startsWith(unable), after::toString);
    assertTrue(after.contains("EIP is at 0x" + after.getFirst().substring(unable.length())));
    assertTrue(after.contains("Modules linked in: caller"), after::toString);
    assertTrue(after.stream().anyMatch(line -> line.startsWith("Process caller (pid: 3, ")));
    assertTrue(
        after.stream()
            .anyMatch(line -> line.matches(" \\[<\\w+>\\] caller\\+0x\\w+/0x\\w+ \\[caller\\]")),
        after::toString);
    assertEquals(1, after.stream().filter(line -> line.startsWith("Oops:")).count());
    assertEquals("rmmod caller: 0", after.getLast());
    assertEquals(null, kernel.panicMessage());
  }

  /** An oops within a module names it, and says what is loaded and that it is not free. */
  @Test
  void anOopsInAModule() {
    Source bad =
        new Source(
            "bad.S",
            """
            .include "linkage.h"
            init_module: CALL3 kernel_thread, $crash, $0, $CLONE_KERNEL
                    xorl %eax, %eax
                    ret
            cleanup_module: ret
            crash:  movl 0, %eax
                    ret
            """);
    ModuleScenario.Plan plan = new ModuleScenario.Plan().insmod(bad).sleep(10).rmmod(bad);
    List<String> log = texts(plan::load);
    assertTrue(log.contains("Modules linked in: bad"), log::toString);
    assertTrue(log.stream().anyMatch(line -> line.endsWith("Tainted: P      VLI")), log::toString);
    assertTrue(
        log.stream().anyMatch(line -> line.matches("EIP is at crash\\+0x0/0x\\w+ \\[bad\\]")));
    assertEquals("rmmod bad: 0", log.getLast());
  }

  /** Memory comes back: a module may be loaded any number of times. */
  @Test
  void nothingIsLeft() {
    int[] free = new int[2];
    for (int i = 0; i < 2; i++) {
      ModuleScenario.Plan plan = new ModuleScenario.Plan();
      Source module = ModuleScenario.shipped("permanent.S");
      Source removable =
          new Source("again.S", module.text() + "\ncleanup_module: ret\n.space 9000\n");
      for (int round = 0; round < 1 + 8 * i; round++) {
        plan.insmod(removable).rmmod(removable);
      }
      List<String> log = texts(plan::load);
      assertTrue(log.stream().allMatch(line -> line.endsWith(": 0")), log::toString);
      free[i] = freePages;
    }
    assertEquals(free[0], free[1]);
  }

  @Test
  void aModuleThatDoesNotAssemble() {
    Source wrong = new Source("wrong.S", "init_module: foo %eax\n");
    List<String> log = texts(new ModuleScenario.Plan().insmod(wrong)::load);
    assertTrue(log.getFirst().startsWith("wrong: wrong.S:1: "), log::toString);
    assertEquals("insmod wrong: -8", log.getLast());
  }
}
