package org.trampoline.kernel.sched;

import org.trampoline.kernel.Call;
import org.trampoline.kernel.HostFunctions;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.arch.PreemptCount;
import org.trampoline.kernel.arch.ThreadInfo;
import org.trampoline.kernel.fork.CloneFlags;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.mm.MmStruct;

/**
 * The scheduler's decisions (Linux: kernel/sched.c). All of these functions run with interrupts
 * off, as under the run queue's lock.
 */
public final class Sched {
  // activated: how a task came into the run queue
  private static final int BY_TASK = 1;
  private static final int BY_INTERRUPT = 2;
  private static final int UNINTERRUPTIBLE = -1;

  /** Percentage of the time in the run queue that counts as sleep for a task woken by another. */
  private static final int ON_RUNQUEUE_WEIGHT = 30;

  private final Kernel kernel;
  private final KernelMemory memory;
  private final Priorities priorities;
  private final SchedTick tick;
  private final SchedControl control;
  private final Migration migration;
  private final LoadBalance balance;

  /** The scheduler of a kernel. */
  public Sched(Kernel kernel) {
    this.kernel = kernel;
    memory = kernel.memory();
    priorities = new Priorities(kernel);
    tick = new SchedTick(kernel);
    control = new SchedControl(kernel, this);
    migration = new Migration(kernel, this);
    balance = new LoadBalance(kernel, this);
  }

  /** Offers the functions that the guest calls. */
  public void link(HostFunctions functions) {
    functions.add("sched_init", call -> init());
    functions.add("pick_next_task", this::pickNextTask);
    functions.add("finish_task_switch", call -> finishTaskSwitch(task(call.eax())));
    functions.add("schedule_tail", this::scheduleTail);
    functions.add("trace_preempt", call -> tracePreempt());
    functions.add("wake_up_process", call -> call.returns(wakeUpProcess(task(call.eax())) ? 1 : 0));
    functions.add(
        "wake_up_state",
        call -> call.returns(tryToWakeUp(task(call.eax()), call.edx(), false) ? 1 : 0));
    control.link(functions);
    if (kernel.isSmp()) {
      migration.link(functions);
    }
  }

  private void tracePreempt() {
    TaskStruct current = kernel.current();
    if (current.pid() != 0) { // the idle task always gives way
      kernel.emit(new KernelEvent.Preempt(current));
    }
  }

  TaskStruct task(int address) {
    return new TaskStruct(memory, address);
  }

  /** The run queue of a processor. */
  public RunQueue runQueue(int cpu) {
    return new RunQueue(memory, kernel.symbol("runqueues") + cpu * RunQueue.LAYOUT.size());
  }

  /** The run queue of the processor that executes. */
  public RunQueue runQueue() {
    return runQueue(kernel.engine().processor());
  }

  private RunQueue queueOf(TaskStruct task) {
    return runQueue(task.cpu());
  }

  /**
   * The task that runs on the processor that executes, wherever the stack pointer is: also while it
   * is in ring 3.
   */
  public TaskStruct running() {
    return runQueue(kernel.engine().processor()).task(RunQueue.CURR);
  }

  /**
   * Whether a processor runs a task, or has only just begun to leave it: what it needs to go on
   * elsewhere is not in memory yet.
   */
  boolean onProcessor(TaskStruct task) {
    RunQueue rq = queueOf(task);
    return rq.get(RunQueue.CURR) == task.address() || rq.get(RunQueue.SWITCHING) == task.address();
  }

  private void init() {
    for (int cpu = 0; cpu < kernel.nrCpus(); cpu++) {
      RunQueue rq = runQueue(cpu);
      int arrays = rq.address(RunQueue.ARRAYS);
      for (int i = 0; i < 2; i++) {
        new PrioArray(memory, arrays + i * PrioArray.LAYOUT.size()).init();
      }
      rq.set(RunQueue.ACTIVE, arrays);
      rq.set(RunQueue.EXPIRED, arrays + PrioArray.LAYOUT.size());
      rq.set(RunQueue.BEST_EXPIRED_PRIO, TaskStruct.MAX_PRIO);
      rq.set(RunQueue.LAST_BALANCE, kernel.timers().jiffies());
      rq.list(RunQueue.MIGRATION_QUEUE).init();
    }
    TaskStruct idle = kernel.current();
    new MmStruct(memory, idle.get(TaskStruct.ACTIVE_MM)).add(MmStruct.MM_COUNT, 1);
    initIdle(idle, 0);
    idle.threadInfo().set(ThreadInfo.PREEMPT_COUNT, 1); // until rest_init
  }

  /** {@code init_idle}: makes a task the one that runs when there is nothing else. */
  public void initIdle(TaskStruct idle, int cpu) {
    RunQueue rq = runQueue(cpu);
    idle.set(TaskStruct.SLEEP_AVG, 0);
    idle.set(TaskStruct.ARRAY, 0);
    idle.set(TaskStruct.PRIO, TaskStruct.MAX_PRIO);
    idle.set(TaskStruct.STATE, TaskStruct.TASK_RUNNING);
    idle.set(TaskStruct.CPUS_ALLOWED, 1 << cpu);
    idle.threadInfo().set(ThreadInfo.PREEMPT_COUNT, 0);
    idle.threadInfo().set(ThreadInfo.CPU, cpu);
    rq.set(RunQueue.CURR, idle.address());
    rq.set(RunQueue.IDLE, idle.address());
    // rest_init relies on it: cpu_idle gives way to process 1 at once.
    idle.threadInfo().setFlag(ThreadInfo.TIF_NEED_RESCHED);
  }

  // ---- the C half of schedule()

  private void pickNextTask(Call call) {
    TaskStruct prev = kernel.current();
    RunQueue rq = queueOf(prev);
    ThreadInfo info = prev.threadInfo();
    int count = info.get(ThreadInfo.PREEMPT_COUNT) & ~PreemptCount.PREEMPT_ACTIVE;
    if (prev.get(TaskStruct.EXIT_STATE) == 0 && count != 1) {
      kernel.printk().schedulingWhileAtomic(prev, count - 1);
    }
    long now = priorities.clock();
    chargeRunTime(prev, now);
    int state = prev.get(TaskStruct.STATE);
    if ((prev.get(TaskStruct.FLAGS) & TaskStruct.PF_DEAD) != 0) {
      state = TaskStruct.EXIT_DEAD;
      prev.set(TaskStruct.STATE, state);
    }
    boolean preempted = (info.get(ThreadInfo.PREEMPT_COUNT) & PreemptCount.PREEMPT_ACTIVE) != 0;
    if (state != TaskStruct.TASK_RUNNING && !preempted) {
      if ((state & TaskStruct.TASK_INTERRUPTIBLE) != 0
          && info.testFlag(ThreadInfo.TIF_SIGPENDING)) {
        prev.set(TaskStruct.STATE, TaskStruct.TASK_RUNNING);
      } else {
        if (state == TaskStruct.TASK_UNINTERRUPTIBLE) {
          rq.add(RunQueue.NR_UNINTERRUPTIBLE, 1);
        }
        deactivate(rq, prev);
      }
    }
    if (kernel.isSmp() && rq.get(RunQueue.NR_RUNNING) == 0) {
      balance.newlyIdle(rq);
    }
    TaskStruct next = next(rq, now);
    info.clearFlag(ThreadInfo.TIF_NEED_RESCHED);
    prev.setLong(TaskStruct.TIMESTAMP, now);
    int directory = 0;
    if (!next.equals(prev)) {
      boolean slept = state != TaskStruct.TASK_RUNNING && !preempted;
      prev.add(slept ? TaskStruct.NVCSW : TaskStruct.NIVCSW, 1);
      next.setLong(TaskStruct.TIMESTAMP, now);
      rq.add(RunQueue.NR_SWITCHES, 1);
      rq.set(RunQueue.CURR, next.address());
      rq.set(RunQueue.SWITCHING, prev.address());
      if (kernel.listened()) {
        kernel.emit(new KernelEvent.Switch(prev, preempted ? 0 : state, next));
      }
      directory = kernel.lazyTlb().contextSwitch(rq, prev, next);
    }
    call.returns(prev.address());
    call.returnsEdx(next.address());
    call.returnsEcx(directory);
  }

  private static void chargeRunTime(TaskStruct prev, long now) {
    long run = now - prev.getLong(TaskStruct.TIMESTAMP);
    run = Math.min(run, Priorities.NS_MAX_SLEEP_AVG) / Math.max(Priorities.bonus(prev), 1);
    prev.set(TaskStruct.SLEEP_AVG, (int) Math.max(0, prev.get(TaskStruct.SLEEP_AVG) - run));
  }

  private TaskStruct next(RunQueue rq, long now) {
    if (rq.get(RunQueue.NR_RUNNING) == 0) {
      rq.set(RunQueue.EXPIRED_TIMESTAMP, 0);
      return rq.task(RunQueue.IDLE);
    }
    PrioArray active = rq.array(RunQueue.ACTIVE);
    if (active.get(PrioArray.NR_ACTIVE) == 0) {
      int expired = rq.get(RunQueue.EXPIRED);
      rq.set(RunQueue.EXPIRED, active.address());
      rq.set(RunQueue.ACTIVE, expired);
      active = rq.array(RunQueue.ACTIVE);
      rq.set(RunQueue.EXPIRED_TIMESTAMP, 0);
      rq.set(RunQueue.BEST_EXPIRED_PRIO, TaskStruct.MAX_PRIO);
    }
    TaskStruct next = active.first();
    int activated = next.get(TaskStruct.ACTIVATED);
    if (!Priorities.realTime(next) && activated > 0) {
      // waiting for the processor counts as sleep, for a task that another one woke in part
      long waited = now - next.getLong(TaskStruct.TIMESTAMP);
      if (activated == BY_TASK) {
        waited = waited * (ON_RUNQUEUE_WEIGHT * 128 / 100) / 128;
      }
      active.dequeue(next);
      Priorities.recalculate(next, next.getLong(TaskStruct.TIMESTAMP) + waited);
      active.enqueue(next);
    }
    next.set(TaskStruct.ACTIVATED, 0);
    return next;
  }

  /** Runs on the stack of the task that was switched to: what prev could not do any more. */
  private void finishTaskSwitch(TaskStruct prev) {
    RunQueue rq = runQueue();
    int mm = rq.get(RunQueue.PREV_MM);
    rq.set(RunQueue.PREV_MM, 0);
    rq.set(RunQueue.SWITCHING, 0);
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
    kernel.currentThreadInfo().add(ThreadInfo.PREEMPT_COUNT, -1);
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

  private static void enqueue(RunQueue rq, TaskStruct task) {
    rq.array(RunQueue.ACTIVE).enqueue(task);
    rq.add(RunQueue.NR_RUNNING, 1);
  }

  /** {@code activate_task}: into the run queue, with credit for the sleep that is over. */
  void activate(RunQueue rq, TaskStruct task) {
    long now = priorities.clock();
    Priorities.recalculate(task, now);
    if (task.get(TaskStruct.ACTIVATED) == 0) {
      task.set(TaskStruct.ACTIVATED, kernel.inInterrupt() ? BY_INTERRUPT : BY_TASK);
    }
    task.setLong(TaskStruct.TIMESTAMP, now);
    enqueue(rq, task);
  }

  /** {@code deactivate_task}. */
  void deactivate(RunQueue rq, TaskStruct task) {
    rq.add(RunQueue.NR_RUNNING, -1);
    new PrioArray(memory, task.get(TaskStruct.ARRAY)).dequeue(task);
    task.set(TaskStruct.ARRAY, 0);
  }

  /** {@code TASK_PREEMPTS_CURR}, and what follows from it. */
  void preemptIfBetter(RunQueue rq, TaskStruct task) {
    TaskStruct current = rq.task(RunQueue.CURR);
    if (task.get(TaskStruct.PRIO) < current.get(TaskStruct.PRIO)) {
      reschedule(current);
    }
  }

  /** {@code resched_task}: a processor of another task has to be told, too. */
  void reschedule(TaskStruct task) {
    boolean told = task.threadInfo().testFlag(ThreadInfo.TIF_NEED_RESCHED);
    task.threadInfo().setFlag(ThreadInfo.TIF_NEED_RESCHED);
    if (!told && task.cpu() != kernel.engine().processor()) {
      kernel.smp().sendReschedule(task.cpu());
    }
  }

  /** {@code kick_process}: has a task that runs elsewhere come into the kernel. */
  public void kick(TaskStruct task) {
    boolean elsewhere = task.cpu() != kernel.engine().processor();
    if (elsewhere && queueOf(task).get(RunQueue.CURR) == task.address()) {
      kernel.smp().sendReschedule(task.cpu());
    }
  }

  /** {@code set_task_cpu}: of a task that is in no run queue and runs nowhere. */
  void setCpu(TaskStruct task, int cpu) {
    int from = task.cpu();
    if (from != cpu) {
      task.threadInfo().set(ThreadInfo.CPU, cpu);
      kernel.emit(new KernelEvent.Migrate(task, from, cpu));
    }
  }

  /** {@code try_to_wake_up}: makes a task runnable if it sleeps in one of these states. */
  public boolean tryToWakeUp(TaskStruct task, int states, boolean sync) {
    int old = task.get(TaskStruct.STATE);
    if ((old & states) == 0) {
      return false;
    }
    if (task.get(TaskStruct.ARRAY) == 0) {
      if (kernel.isSmp() && !onProcessor(task)) {
        setCpu(task, balance.wakeUpCpu(task));
      }
      RunQueue rq = queueOf(task);
      if (old == TaskStruct.TASK_UNINTERRUPTIBLE) {
        rq.add(RunQueue.NR_UNINTERRUPTIBLE, -1);
        task.set(TaskStruct.ACTIVATED, UNINTERRUPTIBLE); // and not an interactive sleep
      }
      activate(rq, task);
      if (!sync) { // else the waker is about to sleep itself
        preemptIfBetter(rq, task);
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
        TaskStruct.TASK_STOPPED | TaskStruct.TASK_INTERRUPTIBLE | TaskStruct.TASK_UNINTERRUPTIBLE,
        false);
  }

  /** {@code sched_fork}: a new task is runnable, but nobody may run it yet. */
  public void fork(TaskStruct task) {
    task.set(TaskStruct.STATE, TaskStruct.TASK_RUNNING);
    task.list(TaskStruct.RUN_LIST).init();
    task.set(TaskStruct.ARRAY, 0);
    task.threadInfo().set(ThreadInfo.PREEMPT_COUNT, 1); // until schedule_tail
    TaskStruct current = kernel.current();
    int slice = current.get(TaskStruct.TIME_SLICE);
    task.set(TaskStruct.TIME_SLICE, slice + 1 >> 1);
    task.set(TaskStruct.FIRST_TIME_SLICE, 1);
    current.set(TaskStruct.TIME_SLICE, slice >> 1);
    task.setLong(TaskStruct.TIMESTAMP, priorities.clock());
    if (slice == 1) { // the last tick of the parent's slice went to the child
      current.set(TaskStruct.TIME_SLICE, 1);
      tick.tick(queueOf(current));
    }
  }

  /** {@code sched_exit}: what is left of a first time slice goes back to the parent. */
  public void exit(TaskStruct task) {
    if (task.get(TaskStruct.FIRST_TIME_SLICE) != 0) {
      TaskStruct parent = task.task(TaskStruct.PARENT);
      int slice = parent.get(TaskStruct.TIME_SLICE) + task.get(TaskStruct.TIME_SLICE);
      parent.set(TaskStruct.TIME_SLICE, Math.min(slice, Priorities.timeSlice(parent)));
    }
  }

  /**
   * {@code wake_up_new_task}: puts a new task into the run queue. One that shares its parent's
   * memory comes last; one that has its own runs first, as it will probably exec and the parent's
   * writes before that would copy pages for nothing.
   */
  public void wakeUpNewTask(TaskStruct task, int cloneFlags) {
    TaskStruct current = kernel.current();
    RunQueue rq = queueOf(task);
    int array = current.get(TaskStruct.ARRAY);
    Priorities.inherit(task);
    if ((cloneFlags & CloneFlags.CLONE_VM) != 0 || array == 0) {
      enqueue(rq, task);
    } else {
      new PrioArray(memory, array).enqueueBefore(task, current);
      rq.add(RunQueue.NR_RUNNING, 1);
      reschedule(current);
    }
    if (kernel.listened()) {
      kernel.emit(new KernelEvent.WakeUp(task));
    }
  }

  /** {@code sched_clock()}: ns since boot, in steps of a tick. */
  long clock() {
    return priorities.clock();
  }

  /** {@code set_user_nice}: -20–19. */
  public void setNice(TaskStruct task, int nice) {
    control.setNice(task, nice);
  }

  /** {@code scheduler_tick}. */
  public void tick() {
    if (kernel.isSmp()) {
      balance.tick(runQueue());
    }
    tick.tick(runQueue());
  }
}
