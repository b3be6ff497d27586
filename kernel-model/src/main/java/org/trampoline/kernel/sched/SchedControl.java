package org.trampoline.kernel.sched;

import org.trampoline.kernel.Errno;
import org.trampoline.kernel.HostFunctions;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.layout.KernelMemory;

/** What tasks ask of the scheduler (Linux: the second half of kernel/sched.c). */
final class SchedControl {
  private final Kernel kernel;
  private final KernelMemory memory;
  private final Sched sched;

  SchedControl(Kernel kernel, Sched sched) {
    this.kernel = kernel;
    memory = kernel.memory();
    this.sched = sched;
  }

  void link(HostFunctions functions) {
    functions.add("set_user_nice", call -> setNice(sched.task(call.eax()), call.edx()));
    functions.add(
        "sched_setscheduler",
        call -> call.returns(setScheduler(sched.task(call.eax()), call.edx(), call.ecx())));
    functions.add("yield_current", call -> yieldCurrent());
    if (!kernel.isSmp()) {
      functions.add(
          "set_cpus_allowed",
          call -> {
            sched.task(call.eax()).set(TaskStruct.CPUS_ALLOWED, call.edx());
            call.returns(0);
          });
    }
    functions.add("sys_nice", call -> call.returns(nice(call.argument(0))));
  }

  /** {@code set_user_nice}: -20–19. */
  void setNice(TaskStruct task, int nice) {
    int now = Priorities.nice(task);
    if (now == nice || nice < -20 || nice > 19) {
      return;
    }
    if (task.get(TaskStruct.POLICY) != TaskStruct.SCHED_NORMAL) {
      task.set(TaskStruct.STATIC_PRIO, Priorities.ofNice(nice));
      return;
    }
    int array = dequeue(task);
    int prio = Priorities.ofNice(nice); // the bonus is given anew when it has slept
    int delta = prio - task.get(TaskStruct.PRIO);
    task.set(TaskStruct.STATIC_PRIO, prio);
    task.set(TaskStruct.PRIO, prio);
    if (array != 0) {
      new PrioArray(memory, array).enqueue(task);
      RunQueue rq = sched.runQueue(task.cpu());
      if (delta < 0 || task.address() == rq.get(RunQueue.CURR)) {
        sched.reschedule(rq.task(RunQueue.CURR));
      }
    }
    kernel.emit(new KernelEvent.Priority(task));
  }

  private int dequeue(TaskStruct task) {
    int array = task.get(TaskStruct.ARRAY);
    if (array != 0) {
      new PrioArray(memory, array).dequeue(task);
    }
    return array;
  }

  /** {@code sys_nice}: by how much the caller is to become nicer. */
  private int nice(int increment) {
    TaskStruct current = kernel.current();
    int nice = Priorities.nice(current) + Math.clamp(increment, -40, 40);
    setNice(current, Math.clamp(nice, -20, 19));
    return 0;
  }

  /**
   * {@code sched_setscheduler}.
   *
   * @param priority 1–99 for SCHED_FIFO and SCHED_RR, 0 for SCHED_NORMAL
   */
  private int setScheduler(TaskStruct task, int policy, int priority) {
    boolean normal = policy == TaskStruct.SCHED_NORMAL;
    if (policy < 0
        || policy > TaskStruct.SCHED_RR
        || priority < 0
        || priority >= TaskStruct.MAX_RT_PRIO
        || normal != (priority == 0)) {
      return -Errno.EINVAL;
    }
    RunQueue rq = sched.runQueue(task.cpu());
    int array = task.get(TaskStruct.ARRAY);
    if (array != 0) {
      sched.deactivate(rq, task);
    }
    int old = task.get(TaskStruct.PRIO);
    task.set(TaskStruct.POLICY, policy);
    task.set(TaskStruct.RT_PRIORITY, priority);
    task.set(
        TaskStruct.PRIO,
        normal ? task.get(TaskStruct.STATIC_PRIO) : TaskStruct.MAX_RT_PRIO - 1 - priority);
    if (array != 0) {
      sched.activate(rq, task);
      if (task.address() == rq.get(RunQueue.CURR)) {
        if (task.get(TaskStruct.PRIO) > old) {
          sched.reschedule(task);
        }
      } else {
        sched.preemptIfBetter(rq, task);
      }
    }
    kernel.emit(new KernelEvent.Priority(task));
    return 0;
  }

  /**
   * The C half of {@code sys_sched_yield}: behind all others, a real-time task behind its equals.
   */
  private void yieldCurrent() {
    TaskStruct current = kernel.current();
    RunQueue rq = sched.runQueue();
    PrioArray array = new PrioArray(memory, current.get(TaskStruct.ARRAY));
    if (Priorities.realTime(current)) {
      array.requeue(current);
    } else {
      array.dequeue(current);
      rq.array(RunQueue.EXPIRED).enqueue(current);
    }
  }
}
