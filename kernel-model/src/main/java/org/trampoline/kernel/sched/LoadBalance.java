package org.trampoline.kernel.sched;

import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.timer.Timers;

/**
 * Which processor a task runs on (Linux: load_balance, idle_balance and the first half of
 * try_to_wake_up in kernel/sched.c). All processors are one domain, each a group of its own, with
 * the constants of SD_CPU_INIT (include/linux/topology.h). A processor pulls tasks, none pushes.
 */
final class LoadBalance {
  /** Load of a runnable task. */
  private static final int SCHED_LOAD_SCALE = 128;

  private static final int IMBALANCE_PCT = 125;
  private static final int CACHE_NICE_TRIES = 1;
  private static final long CACHE_HOT_TIME = 2_500_000; // ns
  private static final int MIN_INTERVAL = 1;
  private static final int MAX_INTERVAL = 4;
  private static final int BUSY_FACTOR = 64;

  /** How idle the processor is that balances. */
  private enum Idle {
    SCHED_IDLE,
    NOT_IDLE,
    NEWLY_IDLE
  }

  private final Kernel kernel;
  private final Sched sched;

  LoadBalance(Kernel kernel, Sched sched) {
    this.kernel = kernel;
    this.sched = sched;
  }

  private int here() {
    return kernel.engine().processor();
  }

  private static int now(RunQueue rq) {
    return rq.get(RunQueue.NR_RUNNING) * SCHED_LOAD_SCALE;
  }

  /** {@code source_load}: low, for whom something may be taken from. */
  private static int sourceLoad(RunQueue rq) {
    return Math.min(rq.get(RunQueue.CPU_LOAD), now(rq));
  }

  /** {@code target_load}: high, for whom something may be given to. */
  private static int targetLoad(RunQueue rq) {
    return Math.max(rq.get(RunQueue.CPU_LOAD), now(rq));
  }

  /** {@code task_hot}: ran so lately that its memory is probably in the cache. */
  private boolean hot(TaskStruct task) {
    return sched.clock() - task.getLong(TaskStruct.TIMESTAMP) < CACHE_HOT_TIME;
  }

  private static boolean allowed(TaskStruct task, int cpu) {
    return (task.get(TaskStruct.CPUS_ALLOWED) >> cpu & 1) != 0;
  }

  // ---- wake-ups

  /**
   * Where a task that wakes up is to run: where it has slept, or here, if that is not busier and
   * its cache has grown cold, or if here is much less to do.
   */
  int wakeUpCpu(TaskStruct task) {
    int cpu = task.cpu();
    int here = here();
    if (cpu == here || !allowed(task, here)) {
      return cpu;
    }
    int load = sourceLoad(sched.runQueue(cpu));
    int loadHere = targetLoad(sched.runQueue(here));
    if (load < SCHED_LOAD_SCALE / 2 && loadHere > SCHED_LOAD_SCALE / 2) {
      return cpu; // not from an idle processor to a busy one
    }
    int imbalance = IMBALANCE_PCT + (IMBALANCE_PCT - 100) / 2;
    return !hot(task) || imbalance * loadHere <= 100 * load ? here : cpu;
  }

  // ---- balancing

  /** {@code rebalance_tick}: a busy processor looks round less often than an idle one. */
  void tick(RunQueue rq) {
    int old = rq.get(RunQueue.CPU_LOAD);
    int load = now(rq);
    rq.set(RunQueue.CPU_LOAD, (old + load + (load > old ? 1 : 0)) / 2);

    boolean idle = rq.get(RunQueue.CURR) == rq.get(RunQueue.IDLE);
    int interval = Math.clamp(rq.get(RunQueue.BALANCE_INTERVAL), MIN_INTERVAL, MAX_INTERVAL);
    interval = idle ? interval : interval * BUSY_FACTOR;
    int jiffies = kernel.timers().jiffies() + Timers.HZ * here() / Kernel.NR_CPUS;
    if (jiffies - rq.get(RunQueue.LAST_BALANCE) >= interval) {
      rq.set(RunQueue.LAST_BALANCE, jiffies);
      balance(rq, idle ? Idle.SCHED_IDLE : Idle.NOT_IDLE);
    }
  }

  /** {@code idle_balance}: the last runnable task is gone. */
  void newlyIdle(RunQueue rq) {
    Busiest busiest = find(rq, Idle.NEWLY_IDLE);
    if (busiest != null) {
      move(rq, busiest, Idle.NEWLY_IDLE);
    }
  }

  /** {@code load_balance}. */
  private void balance(RunQueue rq, Idle idle) {
    Busiest busiest = find(rq, idle);
    if (busiest == null) {
      rq.set(RunQueue.NR_BALANCE_FAILED, 0);
      int interval = Math.max(rq.get(RunQueue.BALANCE_INTERVAL), MIN_INTERVAL);
      rq.set(RunQueue.BALANCE_INTERVAL, Math.min(2 * interval, MAX_INTERVAL));
    } else if (move(rq, busiest, idle)) {
      rq.set(RunQueue.NR_BALANCE_FAILED, 0);
      rq.set(RunQueue.BALANCE_INTERVAL, MIN_INTERVAL);
    } else {
      rq.add(RunQueue.NR_BALANCE_FAILED, 1);
    }
  }

  /**
   * A run queue to take from.
   *
   * @param count tasks to take, at least 1
   */
  private record Busiest(RunQueue queue, int count) {}

  /** {@code find_busiest_group} and {@code find_busiest_queue}; null if all is in balance. */
  private Busiest find(RunQueue here, Idle idle) {
    int online = kernel.smp().online();
    int processors = Integer.bitCount(online);
    RunQueue busiest = null;
    int most = 0;
    int total = 0;
    for (int cpu = 0; cpu < kernel.nrCpus(); cpu++) {
      if ((online >> cpu & 1) != 0) {
        RunQueue rq = sched.runQueue(cpu);
        boolean local = rq.address() == here.address();
        int load = local ? targetLoad(rq) : sourceLoad(rq);
        total += load;
        if (!local && load > most) {
          most = load;
          busiest = rq;
        }
      }
    }
    int load = targetLoad(here);
    int average = total / processors;
    if (busiest == null || load >= most) {
      return null;
    }
    if (load >= average || 100 * most <= IMBALANCE_PCT * load) {
      return idleHelps(idle, most) ? new Busiest(busiest, 1) : null;
    }
    int imbalance = Math.min(Math.min(most - average, most - SCHED_LOAD_SCALE), average - load);
    if (imbalance < SCHED_LOAD_SCALE) {
      boolean worthIt = most - load >= 2 * SCHED_LOAD_SCALE;
      return worthIt || idleHelps(idle, most) ? new Busiest(busiest, 1) : null;
    }
    return new Busiest(busiest, (imbalance + 1) / SCHED_LOAD_SCALE);
  }

  /** Who has nothing to do takes a task also where that does not even the loads out. */
  private static boolean idleHelps(Idle idle, int most) {
    return idle == Idle.NEWLY_IDLE || idle == Idle.SCHED_IDLE && most > SCHED_LOAD_SCALE;
  }

  /** {@code move_tasks}: expired ones first, their caches are the coldest; false if none. */
  private boolean move(RunQueue here, Busiest from, Idle idle) {
    if (from.queue.get(RunQueue.NR_RUNNING) <= 1) {
      return false;
    }
    int left = pull(here, from, RunQueue.EXPIRED, from.count, idle);
    left = pull(here, from, RunQueue.ACTIVE, left, idle);
    return left < from.count;
  }

  private int pull(RunQueue here, Busiest from, Field<RunQueue> which, int count, Idle idle) {
    int left = count;
    PrioArray array = from.queue.array(which);
    for (TaskStruct task : array.tasks()) {
      if (left == 0) {
        break;
      }
      if (mayMove(here, task, idle)) {
        sched.deactivate(from.queue, task);
        sched.setCpu(task, here());
        here.array(which).enqueue(task);
        here.add(RunQueue.NR_RUNNING, 1);
        sched.preemptIfBetter(here, task);
        left--;
      }
    }
    return left;
  }

  /** {@code can_migrate_task}. */
  private boolean mayMove(RunQueue here, TaskStruct task, Idle idle) {
    if (sched.onProcessor(task) || !allowed(task, here())) {
      return false;
    }
    return idle == Idle.NEWLY_IDLE
        || here.get(RunQueue.NR_BALANCE_FAILED) > CACHE_NICE_TRIES
        || !hot(task);
  }
}
