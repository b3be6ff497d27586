package org.trampoline.kernel.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.device.Ports;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.oracle.UnicornEngine;
import org.trampoline.kernel.Booted;
import org.trampoline.kernel.KernelVersion;
import org.trampoline.kernel.Needs;
import org.trampoline.kernel.Vmlinux;

/** What the scenarios show is what Linux does. */
class ThreadScenariosTest {
  private static Watched run(String name) {
    return Watched.once(name);
  }

  static Stream<String> ticking() {
    return Scenarios.all().stream()
        .filter(entry -> entry.ticking() && entry.processors() == 1)
        .map(Scenarios.Entry::name);
  }

  /** Virtual time: the same events at the same instructions. */
  @ParameterizedTest
  @MethodSource("ticking")
  void everyRunIsTheSame(String name) {
    assertEquals(run(name).events(), Watched.run(name, KernelVersion.V2_6_11).events());
  }

  /** kernel/fork.c; the numbers are tasks that share init's structures. */
  @Test
  void kernelThreadSharesWhatItsFlagsSay() {
    List<String> log = run("kernel-thread").log();
    String sharing = "shared by: fs %d, files %d, sighand %d";
    assertTrue(log.get(0).endsWith(sharing.formatted(2, 1, 2)), log::toString);
    assertTrue(log.get(2).endsWith(sharing.formatted(1, 1, 1)), log::toString);
    assertTrue(log.get(3).endsWith(sharing.formatted(1, 2, 1)), log::toString);
    assertTrue(log.get(4).endsWith(sharing.formatted(3, 2, 3)), log::toString);
    assertEquals(
        List.of("CLONE_NEWNS | CLONE_FS: -22", "too many threads: -11", "no memory: -12"),
        log.subList(5, 8));
  }

  /** kernel/kthread.c. */
  @ParameterizedTest
  @EnumSource(KernelVersion.class)
  void kthreadsAreCreatedAndStopped(KernelVersion version) {
    List<String> log = Watched.run("kthread", version).log();
    assertEquals("kthread_create: worker/3 in state 1, made by kthread", log.getFirst());
    assertEquals("kthread_stop returned 45, what the thread's function returned", log.get(8));
    assertEquals(
        List.of(
            "kthread_stop of a thread that never started: -4",
            "kthread_create with no thread left: ERR_PTR(-11)",
            "kthread_create with no memory left: ERR_PTR(-12)",
            "kthread_create_on_cpu: bound/0, cpus_allowed 00000001"),
        log.subList(9, 13));
  }

  /** kernel/exit.c. */
  @Test
  void daemonizeGivesUpEverything() {
    List<String> log = run("daemonize").log();
    assertTrue(log.get(0).contains("parent 2, exit_signal 0, blocked 00000000, nice -5"));
    assertTrue(log.get(1).contains("comm mydaemon/1, mm 00000000"), log::toString);
    assertTrue(log.get(1).endsWith("parent 1, exit_signal 17, blocked ffffffff, nice 0"));
  }

  /** kernel/signal.c. */
  @Test
  void aKernelThreadSeesOnlyTheSignalsThatItAllows() {
    assertEquals(
        List.of(
            "listens: woken by signal 1 with 4988 ticks left",
            "listens: woken by signal 9 with 4994 ticks left",
            "deaf: slept to the end, signal pending: 0, ticks left: 0"),
        run("signals").log());
  }

  /** kernel/workqueue.c. */
  @Test
  void workIsDoneInOrderAndOnce() {
    assertEquals(
        List.of(
            "schedule_work: 1",
            "schedule_work of pending work: 0",
            "immediate work, done by events/0 (pid 3)",
            "flush_scheduled_work returned",
            "slow work, done by mine (pid 6)",
            "work behind the slow one, done by mine (pid 6)",
            "destroy_workqueue returned",
            "work delayed by 10 ticks, done by events/0 (pid 3)"),
        run("workqueue").log());
  }

  /** kernel/sched.c, task_timeslice: 600, 100, 75 and 5 ms for nice -10, 0, 5 and 19. */
  @Test
  void timeSlicesAreByNiceness() {
    Watched sched = run("sched");
    int[] ticks = new int[4];
    List<String> hogs = sched.lines("hog");
    for (int i = 0; i < 4; i++) {
      Matcher line = Pattern.compile(".*: (\\d+) ticks.*").matcher(hogs.get(i));
      assertTrue(line.matches(), hogs.get(i));
      ticks[i] = Integer.parseInt(line.group(1));
    }
    assertEquals(6.0, (double) ticks[0] / ticks[1], 0.5);
    assertEquals(0.75, (double) ticks[2] / ticks[1], 0.15);
    assertTrue(ticks[3] * 5 < ticks[2] && ticks[3] > 0, hogs::toString);
    assertTrue(sched.lines("fifo").getFirst().endsWith("at most 0 ms late"), sched.log()::toString);
  }

  /** arch/i386/kernel/entry.S, resume_kernel. */
  @Test
  void aKernelThreadIsPreemptedUnlessItDisablesThat() {
    assertEquals(
        List.of(
            "urgent: 0 ms late", "urgent: 0 ms late", "urgent: 17 ms late", "urgent: 0 ms late"),
        run("preempt").lines("urgent"));
    Watched without = Watched.run("preempt", Vmlinux.assemble(KernelVersion.V2_6_11, false));
    assertEquals("urgent: 39 ms late", without.lines("urgent").getFirst());
  }

  /** kernel/softirq.c: ten rounds, and the rest at nice 19. */
  @Test
  void ksoftirqdTakesTheLoad() {
    Matcher line =
        Pattern.compile("tasklet: (\\d+) rounds, (\\d+) of them by ksoftirqd.* made (\\d+) rounds")
            .matcher(run("softirq").log().getFirst());
    assertTrue(line.matches());
    int all = Integer.parseInt(line.group(1));
    int daemon = Integer.parseInt(line.group(2));
    assertTrue(daemon > 100 && daemon < all, line::group);
    assertTrue(Integer.parseInt(line.group(3)) > 100_000, line::group);
  }

  /** init/main.c: a kernel thread, a process, and the last one to go. */
  @Test
  void process1ReapsAndMustNotExit() {
    Watched init = run("init");
    assertEquals("Attempted to kill init!", init.end());
    assertEquals(
        List.of(
            "init: a process in ring 3",
            "init: kill(1, SIGKILL) did nothing",
            "init: leaving child 3 behind",
            "init: my parent is process 1",
            "true: another program in the same process",
            "init: reaped 2",
            "init: reaped 3",
            "init: reaped 4",
            "init: all three are reaped; exit(3)"),
        init.log().subList(1, 10));
  }

  /** include/linux/init_task.h, kernel/sched.c. */
  @Test
  void process0RunsWhenNothingElseCan() {
    List<String> log = run("process0").log();
    assertTrue(log.get(0).endsWith("pid 0, comm swapper"), log::toString);
    assertEquals("9 ticks in the idle loop while process 1 slept", log.get(5));
    assertEquals("0 ticks in 10 ms with a thread that is always running", log.get(6));
  }

  /** kernel/exit.c. */
  @Test
  void exitLeavesAZombieForWhoWaits() {
    Watched exit = run("exit");
    assertEquals("Aiee, killing interrupt handler!", exit.end());
    assertEquals(
        "the thread has exited: exit_state 16 (EXIT_ZOMBIE), exit_code 7", exit.log().get(0));
    assertEquals("the child's parent is now process 1", exit.log().get(3));
  }

  /** kernel/sched.c, context_switch; asm-i386/mmu_context.h. */
  @Test
  void lazyTlbSavesTwoCr3LoadsARound() {
    try (Machine machine = Machine.builder().memory(16 << 20).build()) {
      LazyTlbScenario scenario = new LazyTlbScenario(machine, Booted.image(KernelVersion.V2_6_11));
      scenario.run(10_000_000);
      assertTrue(scenario.kernel().poweredOff());
      LazyTlbScenario.Measurement on = scenario.measurements().get(0);
      LazyTlbScenario.Measurement off = scenario.measurements().get(1);
      assertEquals(on.switches(), off.switches());
      assertTrue(on.cr3Loads() < 10, on::toString);
      assertTrue(off.cr3Loads() >= 2 * LazyTlbScenario.ROUNDS, off::toString);
      assertEquals(off.cr3Loads() - on.cr3Loads(), off.tlb().flushes() - on.tlb().flushes());
      assertTrue(off.tlb().walks() > 10 * on.tlb().walks(), off::toString);
      String dead = scenario.kernel().printk().lines().getLast();
      assertTrue(dead.startsWith("the process is gone; mm_users 0, mm_count 1"), dead);
    }
  }

  /** The table of who is made by whom: init/main.c, kernel/workqueue.c, mm/pdflush.c, … */
  @Test
  void theWellKnownThreadsHaveTheirParentsAndNiceValues() {
    assertEquals(
        List.of(
            "1 0 0 0 [swapper]",
            "2 1 19 1 [ksoftirqd/0]",
            "3 1 -5 1 [events/0]",
            "4 1 -5 1 [khelper]",
            "5 1 -5 1 [kthread]",
            "6 5 -5 1 [kblockd/0]",
            "7 5 0 1 [pdflush]",
            "8 5 0 1 [pdflush]",
            "9 1 0 1 [kswapd0]",
            "10 1 0 1 [kapmd]",
            "11 1 0 1 [kjournald]"),
        run("threads").log().stream().skip(1).map(l -> l.strip().replaceAll(" +", " ")).toList());
  }

  /** 2.6.20 starts more of them by kthread_run: parent and nice value are the worker's. */
  @Test
  void laterKernelsHaveTheirThreadsFromKthread() {
    List<String> log = Watched.run("threads", KernelVersion.V2_6_20).log();
    assertEquals(
        List.of("9 5 -5 1 [kswapd0]", "10 5 -5 1 [kapmd]", "11 5 -5 1 [kjournald]"),
        log.subList(9, 12).stream().map(l -> l.strip().replaceAll(" +", " ")).toList());
  }

  /** drivers/block/ll_rw_blk.c: by block, neighbours together, after 3 ms or 4 requests. */
  @Test
  void kblockdUnplugsTheQueue() {
    assertEquals(
        List.of(
            "disk started 7 1", "disk done 7 1",
            "disk started 10 3", "disk done 10 3",
            "disk started 40 1", "disk done 40 1"),
        run("kblockd").events().stream()
            .map(event -> event.substring(event.indexOf(' ') + 1))
            .filter(event -> event.matches("disk (started|done).*"))
            .toList());
  }

  /** mm/pdflush.c, mm/page-writeback.c. */
  @Test
  void pdflushWritesAndHasTwoToEightThreads() {
    List<String> log = run("pdflush").log();
    assertEquals(
        List.of("2 threads of pdflush", "6 dirty pages", "0 dirty pages", "600 dirty pages"),
        log.subList(0, 4));
    int left = Integer.parseInt(log.get(4).split(" ", 2)[0]);
    assertTrue(left > 300 && left <= 409, log::toString); // below 10 % of 4096 pages
    assertEquals(
        List.of(
            "3 threads of pdflush",
            "4 threads of pdflush",
            "5 threads of pdflush",
            "6 threads of pdflush",
            "7 threads of pdflush",
            "8 threads of pdflush",
            "8 threads of pdflush",
            "2 threads of pdflush"),
        log.subList(5, 13));
  }

  /** kernel/kmod.c: the status of a program, or why there is none. */
  @Test
  void khelperStartsPrograms() {
    Watched run = run("khelper");
    assertEquals(
        List.of(
            "call_usermodehelper(/sbin/hotplug)",
            "hotplug: started by the kernel; exit(3)",
            "it returned 768",
            "call_usermodehelper(/sbin/missing)",
            "it returned -2"),
        run.log());
    assertTrue(run.events().stream().anyMatch(event -> event.endsWith(" fork 6 -> 7 800111")));
  }

  /** mm/vmscan.c. */
  @Test
  void kswapdKeepsPagesFree() {
    List<String> log = run("kswapd").log();
    assertEquals("pages_min 64, pages_low 80, pages_high 96", log.getFirst());
    assertTrue(log.get(1).endsWith("kswapd woken 0 times, freed 0"));
    assertTrue(log.get(6).matches("(9[6-9]|1\\d\\d) pages free; .*"), log::toString);
  }

  /** fs/jbd: the commit block is written when the data are on the disk. */
  @Test
  void kjournaldCommitsInOrder() {
    Watched journal = run("kjournald");
    assertEquals(
        List.of(
            "kjournald: transaction 1 committed, 3 blocks",
            "kjournald: transaction 2 committed, 2 blocks",
            "kjournald: transaction 3 committed, 16 blocks",
            "kjournald: transaction 4 committed, 1 blocks"),
        journal.lines("kjournald"));
    List<String> disk =
        journal.events().stream()
            .map(event -> event.substring(event.indexOf(' ') + 1))
            .filter(event -> event.startsWith("disk"))
            .toList();
    assertTrue(disk.indexOf("disk done 1000 4") < disk.indexOf("disk queued 1004 1"));
  }

  /** arch/i386/kernel/apm.c. */
  @Test
  void kapmdAsksEverySecond() {
    assertEquals(
        List.of(
            "apm: event: low battery (5)",
            "apm: event: power status change (6)",
            "kapmd has looked 6 times in 6.5 s"),
        run("kapmd").log());
  }

  /** What needs no timer goes on Unicorn the same way, instruction for instruction. */
  @Test
  void lazyTlbIsTheSameOnUnicorn() {
    Needs.unicorn();
    Vmlinux image = Booted.image(KernelVersion.V2_6_11);
    try (Machine ours = Machine.builder().memory(16 << 20).build();
        UnicornEngine unicorn = new UnicornEngine(CpuModel.PENTIUM4, 16 << 20, Ports.NONE)) {
      assertEquals(events(ours, image), events(unicorn, image));
    }
  }

  private static List<String> events(Engine engine, Vmlinux image) {
    LazyTlbScenario scenario = new LazyTlbScenario(engine, image);
    List<String> events = new ArrayList<>();
    scenario.kernel().listen((time, event) -> events.add(time + " " + Booted.text(event)));
    scenario.kernel().run(10_000_000);
    assertTrue(scenario.kernel().poweredOff(), engine.name());
    return events;
  }
}
