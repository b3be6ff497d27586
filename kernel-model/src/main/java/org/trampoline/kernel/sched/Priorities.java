package org.trampoline.kernel.sched;

import org.trampoline.kernel.Kernel;

/**
 * Priorities and time slices (Linux: the macros at the top of kernel/sched.c, effective_prio,
 * recalc_task_prio). A task that sleeps much gets a bonus of up to 5 levels, one that never does
 * loses 5. Time is in jiffies of 1 ms, or in ns where it says so.
 */
final class Priorities {
  private static final int DEF_TIMESLICE = 100;
  private static final int MIN_TIMESLICE = 5;
  private static final int GRANULARITY = 10;
  private static final int MAX_BONUS = 10;
  private static final int MAX_SLEEP_AVG = DEF_TIMESLICE * MAX_BONUS;
  private static final int INTERACTIVE_DELTA = 2;
  private static final int CHILD_PENALTY = 95;
  private static final int NS_PER_JIFFY = 1_000_000;
  private static final int MAX_USER_PRIO = TaskStruct.MAX_PRIO - TaskStruct.MAX_RT_PRIO;

  /** Sleep beyond this counts no more, in ns. */
  static final long NS_MAX_SLEEP_AVG = (long) MAX_SLEEP_AVG * NS_PER_JIFFY;

  /** Ticks after which the expired are starving, times the number of runnable tasks. */
  static final int STARVATION_LIMIT = MAX_SLEEP_AVG;

  private final Kernel kernel;

  Priorities(Kernel kernel) {
    this.kernel = kernel;
  }

  /** {@code NICE_TO_PRIO}. */
  static int ofNice(int nice) {
    return TaskStruct.MAX_RT_PRIO + nice + 20;
  }

  /** {@code TASK_NICE}: -20–19. */
  static int nice(TaskStruct task) {
    return task.get(TaskStruct.STATIC_PRIO) - TaskStruct.MAX_RT_PRIO - 20;
  }

  /** {@code rt_task}. */
  static boolean realTime(TaskStruct task) {
    return task.get(TaskStruct.PRIO) < TaskStruct.MAX_RT_PRIO;
  }

  /** {@code sched_clock()} without a time stamp counter: ns since boot, in steps of a tick. */
  long clock() {
    return (kernel.timers().jiffies() & 0xffff_ffffL) * NS_PER_JIFFY;
  }

  /** {@code CURRENT_BONUS}: 0–10 by how much the task sleeps. */
  static int bonus(TaskStruct task) {
    return task.get(TaskStruct.SLEEP_AVG) / NS_PER_JIFFY * MAX_BONUS / MAX_SLEEP_AVG;
  }

  /** {@code effective_prio}. */
  static int effective(TaskStruct task) {
    if (realTime(task)) {
      return task.get(TaskStruct.PRIO);
    }
    int prio = task.get(TaskStruct.STATIC_PRIO) - (bonus(task) - MAX_BONUS / 2);
    return Math.clamp(prio, TaskStruct.MAX_RT_PRIO, TaskStruct.MAX_PRIO - 1);
  }

  /** {@code task_timeslice}: ticks, 5–800. */
  static int timeSlice(TaskStruct task) {
    int prio = task.get(TaskStruct.STATIC_PRIO);
    int base = prio < ofNice(0) ? 4 * DEF_TIMESLICE : DEF_TIMESLICE;
    return Math.max(base * (TaskStruct.MAX_PRIO - prio) / (MAX_USER_PRIO / 2), MIN_TIMESLICE);
  }

  private static int delta(TaskStruct task) {
    return nice(task) * MAX_BONUS / 40 + INTERACTIVE_DELTA;
  }

  /** {@code TASK_INTERACTIVE}: goes back to the active array when its time slice is over. */
  static boolean interactive(TaskStruct task) {
    return task.get(TaskStruct.PRIO) <= task.get(TaskStruct.STATIC_PRIO) - delta(task);
  }

  /** {@code TIMESLICE_GRANULARITY}: ticks after which an interactive task lets others go first. */
  static int granularity(TaskStruct task) {
    int steps = MAX_BONUS - bonus(task);
    return GRANULARITY << (steps == 0 ? 1 : steps) - 1;
  }

  private static long interactiveSleep(TaskStruct task) {
    return (long) (MAX_SLEEP_AVG * (MAX_BONUS / 2 + delta(task) + 1) / MAX_BONUS - 1)
        * NS_PER_JIFFY;
  }

  /** {@code recalc_task_prio}: credits the sleep that ends at {@code now}. */
  static void recalculate(TaskStruct task, long now) {
    long sleep = Math.min(now - task.getLong(TaskStruct.TIMESTAMP), NS_MAX_SLEEP_AVG);
    if (sleep > 0) {
      long average = task.get(TaskStruct.SLEEP_AVG) & 0xffff_ffffL;
      boolean user = task.get(TaskStruct.MM) != 0;
      boolean uninterruptible = task.get(TaskStruct.ACTIVATED) == -1;
      long enough = interactiveSleep(task);
      if (user && !uninterruptible && sleep > enough) {
        average = (long) (MAX_SLEEP_AVG - DEF_TIMESLICE) * NS_PER_JIFFY; // idle, not interactive
      } else {
        int steps = MAX_BONUS - bonus(task);
        sleep *= steps == 0 ? 1 : steps;
        if (uninterruptible && user) { // it probably waits for a disk
          sleep = average >= enough ? 0 : Math.min(sleep, enough - average);
        }
        average = Math.min(average + sleep, NS_MAX_SLEEP_AVG);
      }
      task.set(TaskStruct.SLEEP_AVG, (int) average);
    }
    task.set(TaskStruct.PRIO, effective(task));
  }

  /** What of its parent's bonus a new task begins with. */
  static void inherit(TaskStruct child) {
    int jiffies = bonus(child) * CHILD_PENALTY / 100 * MAX_SLEEP_AVG / MAX_BONUS;
    child.set(TaskStruct.SLEEP_AVG, jiffies * NS_PER_JIFFY);
    child.set(TaskStruct.PRIO, effective(child));
  }
}
