package org.trampoline.kernel.scenario;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.scenario.GuestScenario.Plan;
import org.trampoline.kernel.scenario.Scenarios.Entry;

/** The scenarios of what kernel threads do, all on a machine with a timer. */
final class ThreadScenarios {
  /** The threads that every kernel starts, in Linux's order. */
  static final List<String> BOOT_THREADS =
      List.of("spawn_ksoftirqd", "init_workqueues", "usermodehelper_init", "helper_init");

  private static final List<String> DISK_THREADS = with(BOOT_THREADS, "blk_dev_init");

  private static final List<String> ALL_THREADS =
      with(DISK_THREADS, "pdflush_init", "kswapd_init", "apm_init", "journal_start_thread");

  private static final List<Entry> ALL =
      List.of(
          entry(
              "process0",
              "process 0: INIT_TASK and its like, and when it is chosen",
              new Plan("process0").shows(KernelEvent.Switch.class)),
          entry(
              "init",
              "process 1: kernel thread, then program in ring 3, reaper of orphans; its end",
              new Plan("init")
                  .panics()
                  .program("/sbin/init", "init-program.S")
                  .program("/bin/true", "true.S")
                  .shows(
                      KernelEvent.Fork.class,
                      KernelEvent.Exec.class,
                      KernelEvent.Write.class,
                      KernelEvent.Signal.class,
                      KernelEvent.Exit.class,
                      KernelEvent.Release.class,
                      KernelEvent.Panic.class)),
          entry(
              "exit",
              "do_exit: zombies, who releases them, adoption, a panic",
              new Plan("exit")
                  .panics()
                  .shows(
                      KernelEvent.Exit.class,
                      KernelEvent.Release.class,
                      KernelEvent.Free.class,
                      KernelEvent.Panic.class)),
          new Entry(
              "lazy-tlb",
              "CR3 loads, TLB misses and page walks with lazy TLB and without",
              LazyTlbScenario::new),
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
              "khelper",
              "programs that the kernel starts, each by a grandchild of khelper",
              new Plan("khelper")
                  .after(BOOT_THREADS)
                  .program("/sbin/hotplug", "hotplug.S")
                  .shows(
                      KernelEvent.Fork.class,
                      KernelEvent.Exec.class,
                      KernelEvent.Write.class,
                      KernelEvent.Exit.class)),
          entry(
              "softirq",
              "a tasklet under load: interrupts, then ksoftirqd at nice 19",
              new Plan("softirq").after(BOOT_THREADS)),
          entry(
              "threads",
              "the well-known kernel threads: order, parents, nice values",
              new Plan("threads").after(ALL_THREADS)),
          entry(
              "kblockd",
              "a request queue plugged, and unplugged by kblockd",
              new Plan("kblockd").after(DISK_THREADS).shows(KernelEvent.Disk.class)),
          entry(
              "pdflush",
              "dirty pages written every 5 s and on demand by 2 to 8 threads",
              new Plan("pdflush").after(with("pdflush_init"))),
          entry(
              "kswapd",
              "pages reclaimed between the low and the high watermark",
              new Plan("kswapd").after(with("kswapd_init")).shows(KernelEvent.Kswapd.class)),
          entry(
              "swap",
              "a process larger than memory: pages to the swap area and back, and what is in them",
              new Plan("swap")
                  .after(with("kswapd_init"))
                  .swap(4096)
                  .program("/sbin/init", "swap-init.S")
                  .shows(KernelEvent.Write.class)),
          entry(
              "swap-full",
              "a process that wants more than memory and swap area hold, and is killed",
              new Plan("nothing")
                  .after(with("kswapd_init"))
                  .swap(2048)
                  .program("/sbin/init", "swap-full-init.S")
                  .program("/bin/hungry", "hungry.S")
                  .shows(
                      KernelEvent.Write.class,
                      KernelEvent.Exec.class,
                      KernelEvent.Signal.class,
                      KernelEvent.Exit.class)),
          entry(
              "kjournald",
              "transactions committed to a journal",
              new Plan("kjournald")
                  .after(with("journal_start_thread"))
                  .shows(KernelEvent.Disk.class)),
          entry(
              "kapmd",
              "the APM BIOS asked every second",
              new Plan("kapmd").after(with("apm_init"))),
          new Entry(
              "module",
              "a module with a thread that says every 5 s that it lives, until rmmod",
              (engine, image) -> ModuleScenario.myThread().load(engine, image),
              1),
          new Entry(
              "module-leak",
              "a module that is removed while its thread still sleeps in it",
              (engine, image) -> ModuleScenario.leak().load(engine, image),
              1),
          new Entry(
              "module-errors",
              "what insmod and rmmod refuse",
              (engine, image) -> ModuleScenario.errors().load(engine, image),
              1));

  private ThreadScenarios() {}

  private static List<String> with(List<String> first, String... more) {
    return Stream.concat(first.stream(), Arrays.stream(more)).toList();
  }

  /** The threads for the disk, and these. */
  private static List<String> with(String... more) {
    return with(DISK_THREADS, more);
  }

  private static Entry entry(String name, String description, Plan plan) {
    return new Entry(name, description, plan::load, 1);
  }

  static List<Entry> all() {
    return ALL;
  }
}
