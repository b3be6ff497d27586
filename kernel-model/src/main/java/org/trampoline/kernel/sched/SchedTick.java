package org.trampoline.kernel.sched;

import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.arch.ThreadInfo;

/** What the timer tick does to the running task (Linux: scheduler_tick in kernel/sched.c). */
final class SchedTick {
  private final Kernel kernel;

  SchedTick(Kernel kernel) {
    this.kernel = kernel;
  }

  /** {@code scheduler_tick}. */
  void tick(RunQueue rq) {
    TaskStruct task = rq.task(RunQueue.CURR);
    if (task.address() == rq.get(RunQueue.IDLE)) {
      return;
    }
    ThreadInfo info = task.threadInfo();
    PrioArray active = rq.array(RunQueue.ACTIVE);
    if (task.get(TaskStruct.ARRAY) != active.address()) {
      info.setFlag(ThreadInfo.TIF_NEED_RESCHED);
    } else if (Priorities.realTime(task)) {
      // SCHED_FIFO has no time slice
      if (task.get(TaskStruct.POLICY) == TaskStruct.SCHED_RR
          && task.add(TaskStruct.TIME_SLICE, -1) == 0) {
        newSlice(task);
        info.setFlag(ThreadInfo.TIF_NEED_RESCHED);
        active.requeue(task);
      }
    } else if (task.add(TaskStruct.TIME_SLICE, -1) <= 0) {
      active.dequeue(task);
      info.setFlag(ThreadInfo.TIF_NEED_RESCHED);
      task.set(TaskStruct.PRIO, Priorities.effective(task));
      newSlice(task);
      if (rq.get(RunQueue.EXPIRED_TIMESTAMP) == 0) {
        rq.set(RunQueue.EXPIRED_TIMESTAMP, kernel.timers().jiffies());
      }
      boolean expires = !Priorities.interactive(task) || starving(rq);
      if (expires) {
        rq.array(RunQueue.EXPIRED).enqueue(task);
        int best = rq.get(RunQueue.BEST_EXPIRED_PRIO);
        rq.set(RunQueue.BEST_EXPIRED_PRIO, Math.min(best, task.get(TaskStruct.STATIC_PRIO)));
      } else {
        active.enqueue(task);
      }
      if (kernel.listened()) {
        kernel.emit(new KernelEvent.TimeSlice(task, task.get(TaskStruct.TIME_SLICE), expires));
      }
    } else if (Priorities.interactive(task)) {
      int granularity = Priorities.granularity(task);
      int left = task.get(TaskStruct.TIME_SLICE);
      if ((Priorities.timeSlice(task) - left) % granularity == 0 && left >= granularity) {
        active.requeue(task);
        info.setFlag(ThreadInfo.TIF_NEED_RESCHED);
      }
    }
  }

  private static void newSlice(TaskStruct task) {
    task.set(TaskStruct.TIME_SLICE, Priorities.timeSlice(task));
    task.set(TaskStruct.FIRST_TIME_SLICE, 0);
  }

  /** {@code EXPIRED_STARVING}. */
  private boolean starving(RunQueue rq) {
    int since = rq.get(RunQueue.EXPIRED_TIMESTAMP);
    int limit = Priorities.STARVATION_LIMIT * rq.get(RunQueue.NR_RUNNING) + 1;
    return since != 0 && kernel.timers().jiffies() - since >= limit
        || rq.task(RunQueue.CURR).get(TaskStruct.STATIC_PRIO) > rq.get(RunQueue.BEST_EXPIRED_PRIO);
  }
}
