package org.trampoline.kernel.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.trampoline.kernel.KernelVersion;
import org.trampoline.kernel.Vmlinux;

/** What the scenarios show is what Linux does. */
class ThreadScenariosTest {
  private static Watched run(String name) {
    return Watched.run(name, KernelVersion.V2_6_11);
  }

  static Stream<String> ticking() {
    return Scenarios.all().stream().filter(Scenarios.Entry::ticking).map(Scenarios.Entry::name);
  }

  /** Virtual time: the same events at the same instructions. */
  @ParameterizedTest
  @MethodSource("ticking")
  void everyRunIsTheSame(String name) {
    assertEquals(run(name).events(), run(name).events());
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
            "kthread_create with no thread left: ERR_PTR(-11)"),
        log.subList(9, 11));
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
}
