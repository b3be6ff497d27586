package org.trampoline.kernel.scenario;

import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.KernelListener;
import org.trampoline.kernel.sched.RunQueue;
import org.trampoline.kernel.sched.TaskStruct;

/**
 * Ends the run of several processors, whose timers tick for ever, where one without a timer would
 * halt: every processor idles, and nobody waits for an event that is sure to come.
 */
public final class Quiet implements KernelListener {
  private final Kernel kernel;
  private boolean reached;

  /** Watches a kernel that has not run yet. */
  public Quiet(Kernel kernel) {
    this.kernel = kernel;
    kernel.listen(this);
  }

  /** Whether that is why the run has ended. */
  public boolean reached() {
    return reached;
  }

  @Override
  public void event(long time, KernelEvent event) {
    if (event instanceof KernelEvent.Switch(TaskStruct prev, int state, TaskStruct next)
        && next.pid() == 0
        && othersIdle(next.cpu())
        && allSleep()) {
      reached = true;
      kernel.engine().requestStop();
    }
  }

  private boolean othersIdle(int here) {
    int online = kernel.smp().online();
    for (int cpu = 0; cpu < kernel.nrCpus(); cpu++) {
      RunQueue rq = kernel.sched().runQueue(cpu);
      if (cpu != here
          && (online >> cpu & 1) != 0
          && rq.get(RunQueue.CURR) != rq.get(RunQueue.IDLE)) {
        return false;
      }
    }
    return true;
  }

  private boolean allSleep() {
    var walk = kernel.initTask().list(TaskStruct.TASKS).walk();
    for (int node; (node = walk.next()) != 0; ) {
      TaskStruct task = TaskStruct.of(kernel.memory(), node, TaskStruct.TASKS);
      boolean sleeps = task.get(TaskStruct.STATE) == TaskStruct.TASK_INTERRUPTIBLE;
      if (!sleeps && task.get(TaskStruct.EXIT_STATE) == 0) {
        return false;
      }
    }
    return true;
  }
}
