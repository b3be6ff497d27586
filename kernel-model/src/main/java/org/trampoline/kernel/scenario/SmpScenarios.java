package org.trampoline.kernel.scenario;

import java.util.List;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.scenario.GuestScenario.Plan;
import org.trampoline.kernel.scenario.Scenarios.Entry;

/** The scenarios of what several processors do with each other. */
final class SmpScenarios {
  private static final List<Entry> ALL =
      List.of(
          entry(
              "smp-boot",
              "start-up IPIs, a process 0 for each processor, threads and ticks of each",
              new Plan("smp-boot")
                  .after(ThreadScenarios.BOOT_THREADS)
                  .shows(KernelEvent.CpuUp.class)),
          entry(
              "smp-migration",
              "set_cpus_allowed: what the migration threads do, and when it goes without them",
              new Plan("smp-migration").shows(KernelEvent.Migrate.class)),
          entry(
              "smp-balance",
              "six busy threads on one processor, then pulled by the others",
              new Plan("smp-balance").shows(KernelEvent.Migrate.class)),
          entry(
              "smp-shootdown",
              "TLB-shootdown IPIs to a processor in use, one that is lazy, one that has left",
              new Plan("nothing")
                  .program("/sbin/init", "smp-shootdown-init.S")
                  .shows(
                      KernelEvent.Write.class,
                      KernelEvent.Ipi.class,
                      KernelEvent.TlbFlush.class,
                      KernelEvent.LeaveMm.class,
                      KernelEvent.LoadCr3.class,
                      KernelEvent.Exit.class)),
          entry(
              "smp-wakeup",
              "reschedule IPIs: how long a thread woken by another processor waits",
              new Plan("smp-wakeup").shows(KernelEvent.Ipi.class)));

  private SmpScenarios() {}

  private static Entry entry(String name, String description, Plan plan) {
    return new Entry(name, description, plan::load, 2);
  }

  static List<Entry> all() {
    return ALL;
  }
}
