package org.trampoline.kernel.workqueue;

import org.trampoline.kernel.Call;
import org.trampoline.kernel.HostFunctions;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.KernelPanic;
import org.trampoline.kernel.arch.ThreadInfo;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.ListHead;
import org.trampoline.kernel.sched.TaskStruct;
import org.trampoline.kernel.sched.WaitQueues;
import org.trampoline.kernel.timer.TimerList;

/** Queueing of work; the workers are in kernel/workqueue.S (Linux: kernel/workqueue.c). */
public final class Workqueues {
  private static final int NAME_LIMIT = 10;

  private final Kernel kernel;
  private final KernelMemory memory;
  private final WaitQueues waitQueues;

  /** The work queues of a kernel. */
  public Workqueues(Kernel kernel, WaitQueues waitQueues) {
    this.kernel = kernel;
    memory = kernel.memory();
    this.waitQueues = waitQueues;
  }

  /** Offers the functions that the guest calls; all fastcall. */
  public void link(HostFunctions functions) {
    functions.add("alloc_workqueue", this::allocate);
    functions.add("free_workqueue", call -> kernel.slab().free(call.eax(), size()));
    functions.add(
        "queue_work", call -> call.returns(queue(call.eax(), new WorkStruct(memory, call.edx()))));
    functions.add("queue_delayed_work", this::queueDelayed);
    functions.add("delayed_work_timer_fn", this::delayOver);
    functions.add("next_work", this::nextWork);
    functions.add("work_finished", this::workFinished);
    functions.add("flush_unfinished", this::flushUnfinished);
  }

  /** The first half of {@code __create_workqueue(name, singlethread)}: all but its threads. */
  private void allocate(Call call) {
    if (memory.readString(call.eax(), NAME_LIMIT + 1).length() > NAME_LIMIT) {
      throw new KernelPanic("kernel BUG at kernel/workqueue.c: a name of more than 10 characters");
    }
    int address = kernel.slab().allocate(size());
    if (address != 0) {
      memory.clear(address, size());
      WorkqueueStruct wq = new WorkqueueStruct(memory, address);
      wq.set(WorkqueueStruct.NAME, call.eax());
      for (int cpu = 0; cpu < kernel.nrCpus(); cpu++) {
        CpuWorkqueue cwq = wq.cpu(cpu);
        cwq.list(CpuWorkqueue.WORKLIST).init();
        cwq.list(CpuWorkqueue.MORE_WORK).init();
        cwq.list(CpuWorkqueue.WORK_DONE).init();
        cwq.set(CpuWorkqueue.WQ, address);
      }
      wq.set(WorkqueueStruct.SINGLE, call.edx());
    }
    call.returns(address);
  }

  private int size() {
    return WorkqueueStruct.size(kernel.nrCpus());
  }

  private CpuWorkqueue here(int wq) {
    return new WorkqueueStruct(memory, wq).cpu(kernel.currentThreadInfo().get(ThreadInfo.CPU));
  }

  /** {@code queue_work}: 1; 0 if the work is pending already. */
  public int queue(int wq, WorkStruct work) {
    if (work.get(WorkStruct.PENDING) != 0) {
      return 0;
    }
    work.set(WorkStruct.PENDING, 1);
    enqueue(here(wq), work);
    return 1;
  }

  private void enqueue(CpuWorkqueue cwq, WorkStruct work) {
    work.set(WorkStruct.WQ_DATA, cwq.address());
    cwq.list(CpuWorkqueue.WORKLIST).addTail(work.list(WorkStruct.ENTRY));
    cwq.add(CpuWorkqueue.INSERT_SEQUENCE, 1);
    if (kernel.listened()) {
      TaskStruct worker = new TaskStruct(memory, cwq.get(CpuWorkqueue.THREAD));
      kernel.emit(new KernelEvent.QueueWork(worker, work.get(WorkStruct.FUNC)));
    }
    waitQueues.wake(
        cwq.address(CpuWorkqueue.MORE_WORK),
        TaskStruct.TASK_INTERRUPTIBLE | TaskStruct.TASK_UNINTERRUPTIBLE,
        1);
  }

  /** {@code queue_delayed_work(wq, work, delay)}: after so many ticks. */
  private void queueDelayed(Call call) {
    WorkStruct work = new WorkStruct(memory, call.edx());
    if (work.get(WorkStruct.PENDING) != 0) {
      call.returns(0);
      return;
    }
    work.set(WorkStruct.PENDING, 1);
    work.set(WorkStruct.WQ_DATA, call.eax());
    TimerList timer = new TimerList(memory, work.address(WorkStruct.TIMER));
    timer.set(TimerList.EXPIRES, kernel.timers().jiffies() + call.ecx());
    timer.set(TimerList.DATA, work.address());
    timer.set(TimerList.FUNCTION, kernel.symbol("delayed_work_timer_fn"));
    kernel.timers().add(timer);
    call.returns(1);
  }

  private void delayOver(Call call) {
    WorkStruct work = new WorkStruct(memory, call.eax());
    enqueue(here(work.get(WorkStruct.WQ_DATA)), work);
  }

  /** Takes the next work off a worklist: function in eax (0: none) and data in edx. */
  private void nextWork(Call call) {
    CpuWorkqueue cwq = new CpuWorkqueue(memory, call.eax());
    ListHead worklist = cwq.list(CpuWorkqueue.WORKLIST);
    if (worklist.isEmpty()) {
      call.returns(0);
      return;
    }
    ListHead entry = ListHead.at(memory, worklist.next());
    entry.remove();
    WorkStruct work = new WorkStruct(memory, entry.address() - WorkStruct.ENTRY.offset());
    work.set(WorkStruct.PENDING, 0);
    int function = work.get(WorkStruct.FUNC);
    if (kernel.listened()) {
      kernel.emit(new KernelEvent.Work(kernel.current(), function));
    }
    call.returns(function);
    call.returnsEdx(work.get(WorkStruct.DATA));
  }

  private void workFinished(Call call) {
    CpuWorkqueue cwq = new CpuWorkqueue(memory, call.eax());
    cwq.add(CpuWorkqueue.REMOVE_SEQUENCE, 1);
    waitQueues.wake(
        cwq.address(CpuWorkqueue.WORK_DONE),
        TaskStruct.TASK_INTERRUPTIBLE | TaskStruct.TASK_UNINTERRUPTIBLE,
        1);
  }

  /** Whether anything queued up to number edx is still to be done. */
  private void flushUnfinished(Call call) {
    CpuWorkqueue cwq = new CpuWorkqueue(memory, call.eax());
    call.returns(call.edx() - cwq.get(CpuWorkqueue.REMOVE_SEQUENCE) > 0 ? 1 : 0);
  }
}
