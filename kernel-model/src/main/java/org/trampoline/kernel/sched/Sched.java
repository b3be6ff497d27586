package org.trampoline.kernel.sched;

import org.trampoline.kernel.Call;
import org.trampoline.kernel.HostFunctions;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.arch.ThreadInfo;
import org.trampoline.kernel.fork.CloneFlags;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.ListHead;
import org.trampoline.kernel.mm.MmStruct;

/** The scheduler's decisions (Linux: kernel/sched.c). */
public final class Sched {
  /** In preempt_count: schedule() was called to preempt, whatever the state is. */
  private static final int PREEMPT_ACTIVE = 0x400_0000;

  private final Kernel kernel;
  private final KernelMemory memory;
  private final RunQueue rq;

  /** The scheduler of a kernel. */
  public Sched(Kernel kernel) {
    this.kernel = kernel;
    memory = kernel.memory();
    rq = new RunQueue(memory, kernel.symbol("runqueue"));
  }

  /** Offers the functions that the guest calls. */
  public void link(HostFunctions functions) {
    functions.add("sched_init", call -> init());
    functions.add("pick_next_task", this::pickNextTask);
    functions.add("finish_task_switch", call -> finishTaskSwitch(task(call.eax())));
    functions.add("schedule_tail", this::scheduleTail);
    functions.add("wake_up_process", call -> call.returns(wakeUpProcess(task(call.eax())) ? 1 : 0));
  }

  private TaskStruct task(int address) {
    return new TaskStruct(memory, address);
  }

  /** The run queue. */
  public RunQueue runQueue() {
    return rq;
  }

  /** The task that runs, wherever the stack pointer is: also while it is in ring 3. */
  public TaskStruct running() {
    return rq.task(RunQueue.CURR);
  }

  private void init() {
    int arrays = rq.address(RunQueue.ARRAYS);
    for (int i = 0; i < 2; i++) {
      new PrioArray(memory, arrays + i * PrioArray.LAYOUT.size()).init();
    }
    rq.set(RunQueue.ACTIVE, arrays);
    rq.set(RunQueue.EXPIRED, arrays + PrioArray.LAYOUT.size());

    TaskStruct idle = kernel.current();
    new MmStruct(memory, idle.get(TaskStruct.ACTIVE_MM)).add(MmStruct.MM_COUNT, 1);
    idle.set(TaskStruct.ARRAY, 0);
    idle.set(TaskStruct.PRIO, TaskStruct.MAX_PRIO);
    idle.set(TaskStruct.STATE, TaskStruct.TASK_RUNNING);
    rq.set(RunQueue.CURR, idle.address());
    rq.set(RunQueue.IDLE, idle.address());
    // rest_init relies on it: cpu_idle gives way to process 1 at once.
    idle.threadInfo().setFlag(ThreadInfo.TIF_NEED_RESCHED);
  }

  // ---- the C half of schedule()

  private void pickNextTask(Call call) {
    TaskStruct prev = kernel.current();
    ThreadInfo info = prev.threadInfo();
    int state = prev.get(TaskStruct.STATE);
    if ((prev.get(TaskStruct.FLAGS) & TaskStruct.PF_DEAD) != 0) {
      state = TaskStruct.EXIT_DEAD;
      prev.set(TaskStruct.STATE, state);
    }
    if (state != TaskStruct.TASK_RUNNING
        && (info.get(ThreadInfo.PREEMPT_COUNT) & PREEMPT_ACTIVE) == 0) {
      if ((state & TaskStruct.TASK_INTERRUPTIBLE) != 0
          && info.testFlag(ThreadInfo.TIF_SIGPENDING)) {
        prev.set(TaskStruct.STATE, TaskStruct.TASK_RUNNING);
      } else {
        deactivate(prev);
      }
    }
    TaskStruct next = next();
    info.clearFlag(ThreadInfo.TIF_NEED_RESCHED);
    int directory = 0;
    if (!next.equals(prev)) {
      rq.add(RunQueue.NR_SWITCHES, 1);
      rq.set(RunQueue.CURR, next.address());
      if (kernel.listened()) {
        kernel.emit(new KernelEvent.Switch(prev, state, next));
      }
      directory = switchMemory(prev, next);
    }
    call.returns(prev.address());
    call.returnsEdx(next.address());
    call.returnsEcx(directory);
  }

  private TaskStruct next() {
    if (rq.get(RunQueue.NR_RUNNING) == 0) {
      return rq.task(RunQueue.IDLE);
    }
    PrioArray active = rq.array(RunQueue.ACTIVE);
    if (active.get(PrioArray.NR_ACTIVE) == 0) {
      int expired = rq.get(RunQueue.EXPIRED);
      rq.set(RunQueue.EXPIRED, active.address());
      rq.set(RunQueue.ACTIVE, expired);
      active = rq.array(RunQueue.ACTIVE);
    }
    return active.first();
  }

  /**
   * The part of {@code context_switch} that is about memory. A task without its own goes on with
   * what prev has had (lazy TLB); any other needs its page directory in CR3.
   *
   * @return physical address of the page directory to load, 0 for none
   */
  private int switchMemory(TaskStruct prev, TaskStruct next) {
    int oldMm = prev.get(TaskStruct.ACTIVE_MM);
    int mm = next.get(TaskStruct.MM);
    int directory = 0;
    if (mm == 0) {
      next.set(TaskStruct.ACTIVE_MM, oldMm);
      new MmStruct(memory, oldMm).add(MmStruct.MM_COUNT, 1);
      if (kernel.listened()) {
        kernel.emit(new KernelEvent.LazyTlb(next, oldMm));
      }
    } else if (mm != oldMm) {
      new MmStruct(memory, oldMm).clearBits(MmStruct.CPU_VM_MASK, 1);
      MmStruct nextMm = new MmStruct(memory, mm);
      nextMm.setBits(MmStruct.CPU_VM_MASK, 1);
      directory = nextMm.pageDirectory();
      if (kernel.listened()) {
        kernel.emit(new KernelEvent.LoadCr3(next, directory));
      }
    }
    if (prev.get(TaskStruct.MM) == 0) {
      prev.set(TaskStruct.ACTIVE_MM, 0);
      rq.set(RunQueue.PREV_MM, oldMm);
    }
    return directory;
  }

  /** Runs on the stack of the task that was switched to: what prev could not do any more. */
  private void finishTaskSwitch(TaskStruct prev) {
    int mm = rq.get(RunQueue.PREV_MM);
    rq.set(RunQueue.PREV_MM, 0);
    int flags = prev.get(TaskStruct.FLAGS);
    if (mm != 0) {
      kernel.addressSpaces().drop(new MmStruct(memory, mm));
    }
    if ((flags & TaskStruct.PF_DEAD) != 0) {
      putTask(prev);
    }
  }

  /** The first thing that a new task does. */
  private void scheduleTail(Call call) {
    finishTaskSwitch(task(call.argument(0)));
    kernel.emit(new KernelEvent.FirstRun(kernel.current()));
  }

  /** {@code put_task_struct}: one reference less; with the last one the task is freed. */
  public void putTask(TaskStruct task) {
    if (task.add(TaskStruct.USAGE, -1) == 0) {
      int pid = task.pid();
      kernel.pages().free(task.get(TaskStruct.THREAD_INFO), 1);
      kernel.slab().free(task.address(), TaskStruct.LAYOUT.size());
      kernel.emit(new KernelEvent.Free(pid));
    }
  }

  // ---- the run queue

  private void activate(TaskStruct task) {
    rq.array(RunQueue.ACTIVE).enqueue(task);
    rq.add(RunQueue.NR_RUNNING, 1);
  }

  private void deactivate(TaskStruct task) {
    rq.add(RunQueue.NR_RUNNING, -1);
    new PrioArray(memory, task.get(TaskStruct.ARRAY)).dequeue(task);
    task.set(TaskStruct.ARRAY, 0);
  }

  /** {@code try_to_wake_up}: makes a task runnable if it sleeps in one of these states. */
  public boolean tryToWakeUp(TaskStruct task, int states) {
    if ((task.get(TaskStruct.STATE) & states) == 0) {
      return false;
    }
    if (task.get(TaskStruct.ARRAY) == 0) {
      activate(task);
      TaskStruct current = rq.task(RunQueue.CURR);
      if (task.get(TaskStruct.PRIO) < current.get(TaskStruct.PRIO)) {
        current.threadInfo().setFlag(ThreadInfo.TIF_NEED_RESCHED);
      }
    }
    task.set(TaskStruct.STATE, TaskStruct.TASK_RUNNING);
    if (kernel.listened()) {
      kernel.emit(new KernelEvent.WakeUp(task));
    }
    return true;
  }

  /** {@code wake_up_process}: wakes a task from whatever sleep it is in. */
  public boolean wakeUpProcess(TaskStruct task) {
    return tryToWakeUp(
        task,
        TaskStruct.TASK_STOPPED | TaskStruct.TASK_INTERRUPTIBLE | TaskStruct.TASK_UNINTERRUPTIBLE);
  }

  /** {@code wake_up_interruptible}: wakes all that wait in a queue. */
  public void wakeUpInterruptible(ListHead queue) {
    var walk = queue.walk();
    for (int node; (node = walk.next()) != 0; ) {
      WaitQueue wait = new WaitQueue(memory, node - WaitQueue.TASK_LIST.offset());
      tryToWakeUp(task(wait.get(WaitQueue.TASK)), TaskStruct.TASK_INTERRUPTIBLE);
    }
  }

  /** {@code sched_fork}: a new task is runnable, but nobody may run it yet. */
  public void fork(TaskStruct task) {
    task.set(TaskStruct.STATE, TaskStruct.TASK_RUNNING);
    task.list(TaskStruct.RUN_LIST).init();
    task.set(TaskStruct.ARRAY, 0);
    TaskStruct current = kernel.current();
    int slice = current.get(TaskStruct.TIME_SLICE);
    task.set(TaskStruct.TIME_SLICE, slice + 1 >> 1);
    current.set(TaskStruct.TIME_SLICE, slice >> 1);
  }

  /**
   * {@code wake_up_new_task}: puts a new task into the run queue. One that shares its parent's
   * memory comes last; one that has its own runs first, as it will probably exec and the parent's
   * writes before that would copy pages for nothing.
   */
  public void wakeUpNewTask(TaskStruct task, int cloneFlags) {
    TaskStruct current = kernel.current();
    int array = current.get(TaskStruct.ARRAY);
    task.set(TaskStruct.PRIO, task.get(TaskStruct.STATIC_PRIO));
    if ((cloneFlags & CloneFlags.CLONE_VM) != 0 || array == 0) {
      activate(task);
    } else {
      new PrioArray(memory, array).enqueueBefore(task, current);
      rq.add(RunQueue.NR_RUNNING, 1);
      current.threadInfo().setFlag(ThreadInfo.TIF_NEED_RESCHED);
    }
    if (kernel.listened()) {
      kernel.emit(new KernelEvent.WakeUp(task));
    }
  }
}
