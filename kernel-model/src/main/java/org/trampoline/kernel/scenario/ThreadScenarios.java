package org.trampoline.kernel.scenario;

import java.util.List;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.scenario.GuestScenario.Plan;
import org.trampoline.kernel.scenario.Scenarios.Entry;

/** The scenarios of what kernel threads do, all on a machine with a timer. */
final class ThreadScenarios {
  /** The threads that every kernel starts, in Linux's order. */
  static final List<String> BOOT_THREADS =
      List.of("spawn_ksoftirqd", "init_workqueues", "usermodehelper_init", "helper_init");

  private static final List<Entry> ALL =
      List.of(
          entry(
              "kernel-thread",
              "kernel_thread's flags and results: what parent and child share",
              new Plan("kernel-thread").shows(KernelEvent.Fork.class, KernelEvent.Exit.class)),
          entry(
              "daemonize",
              "a process makes a kernel thread, which gives up what it has from it",
              new Plan("daemonize")
                  .program("/sbin/init", "daemonize-init.S")
                  .shows(
                      KernelEvent.Fork.class,
                      KernelEvent.Exec.class,
                      KernelEvent.Exit.class,
                      KernelEvent.Release.class)),
          entry(
              "kthread",
              "kthread_create, wake_up_process, kthread_stop, and what can go wrong",
              new Plan("kthread")
                  .after(BOOT_THREADS)
                  .shows(KernelEvent.Fork.class, KernelEvent.Exit.class)),
          entry(
              "signals",
              "SIGKILL to kernel threads: blocked, and let through",
              new Plan("signals")
                  .shows(
                      KernelEvent.Signal.class,
                      KernelEvent.Daemonize.class,
                      KernelEvent.Exit.class)),
          entry(
              "sched",
              "nice values, SCHED_FIFO, time slices, the active and the expired array",
              new Plan("sched").shows(KernelEvent.TimeSlice.class, KernelEvent.Priority.class)),
          entry(
              "preempt",
              "a kernel thread preempted in the kernel, and not while it disables preemption",
              new Plan("preempt").shows(KernelEvent.Preempt.class)),
          entry(
              "workqueue",
              "keventd and a work queue of one's own: immediate, delayed, flushed",
              new Plan("workqueue").after(BOOT_THREADS)),
          entry(
              "softirq",
              "a tasklet under load: interrupts, then ksoftirqd at nice 19",
              new Plan("softirq").after(BOOT_THREADS)));

  private ThreadScenarios() {}

  private static Entry entry(String name, String description, Plan plan) {
    return new Entry(name, description, plan::load, true);
  }

  static List<Entry> all() {
    return ALL;
  }
}
