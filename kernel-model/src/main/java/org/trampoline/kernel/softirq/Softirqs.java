package org.trampoline.kernel.softirq;

import org.trampoline.kernel.Call;
import org.trampoline.kernel.HostFunctions;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.arch.ThreadInfo;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.sched.TaskStruct;

/**
 * Softirqs and tasklets (Linux: kernel/softirq.c) but for the calls of their functions, which are
 * in kernel/softirq.S.
 */
public final class Softirqs {
  // include/linux/interrupt.h
  public static final int HI_SOFTIRQ = 0;
  public static final int TIMER_SOFTIRQ = 1;
  public static final int BLOCK_SOFTIRQ = 4;
  public static final int TASKLET_SOFTIRQ = 5;

  private final Kernel kernel;
  private final KernelMemory memory;
  private final int pending;
  private final int ksoftirqd;
  private final int tasklets;

  /** The softirqs of a kernel. */
  public Softirqs(Kernel kernel) {
    this.kernel = kernel;
    memory = kernel.memory();
    pending = kernel.symbol("softirq_pending");
    ksoftirqd = kernel.symbol("ksoftirqd_task");
    tasklets = kernel.symbol("tasklet_vec");
  }

  /** Offers the functions that the guest calls; all fastcall. */
  public void link(HostFunctions functions) {
    functions.add("raise_softirq", call -> raise(call.eax()));
    functions.add("tasklet_schedule", call -> schedule(new Tasklet(memory, call.eax())));
    functions.add("next_tasklet", this::nextTasklet);
    functions.add("wakeup_softirqd", call -> wakeDaemon());
    functions.add(
        "trace_softirq",
        call -> {
          if (kernel.listened()) {
            kernel.emit(new KernelEvent.Softirq(kernel.current(), call.eax()));
          }
        });
  }

  private int cpu() {
    return kernel.currentThreadInfo().get(ThreadInfo.CPU);
  }

  /** {@code raise_softirq}: outside of interrupts ksoftirqd has to do it. */
  public void raise(int number) {
    int at = pending + 4 * cpu();
    memory.write(at, memory.read(at) | 1 << number);
    if (!kernel.inInterrupt()) {
      wakeDaemon();
    }
  }

  private void wakeDaemon() {
    int task = memory.read(ksoftirqd + 4 * cpu());
    if (task != 0) {
      TaskStruct daemon = new TaskStruct(memory, task);
      if (daemon.get(TaskStruct.STATE) != TaskStruct.TASK_RUNNING) {
        kernel.sched().wakeUpProcess(daemon);
      }
    }
  }

  /** {@code tasklet_schedule}: once, however often it is asked for before it runs. */
  private void schedule(Tasklet tasklet) {
    if ((tasklet.get(Tasklet.STATE) & Tasklet.TASKLET_STATE_SCHED) == 0) {
      tasklet.setBits(Tasklet.STATE, Tasklet.TASKLET_STATE_SCHED);
      int head = tasklets + 4 * cpu();
      tasklet.set(Tasklet.NEXT, memory.read(head)); // Linux: last in, first out
      memory.write(head, tasklet.address());
      raise(TASKLET_SOFTIRQ);
    }
  }

  /** Another processor runs it: again later, as a tasklet never runs on two. */
  private void putOff(Tasklet tasklet) {
    int later = tasklets + 4 * cpu();
    tasklet.set(Tasklet.NEXT, memory.read(later));
    memory.write(later, tasklet.address());
    raise(TASKLET_SOFTIRQ);
  }

  /**
   * Takes the next tasklet off the list that the softirq has taken over, whose head is at eax:
   * function in eax (0: none left) and data in edx, with CONFIG_SMP itself in ecx.
   */
  private void nextTasklet(Call call) {
    int head = call.eax();
    int address = memory.read(head);
    if (address == 0) {
      call.returns(0);
      return;
    }
    Tasklet tasklet = new Tasklet(memory, address);
    memory.write(head, tasklet.get(Tasklet.NEXT));
    if (kernel.isSmp()) {
      if ((tasklet.get(Tasklet.STATE) & Tasklet.TASKLET_STATE_RUN) != 0) {
        putOff(tasklet);
        nextTasklet(call);
        return;
      }
      tasklet.setBits(Tasklet.STATE, Tasklet.TASKLET_STATE_RUN);
      call.returnsEcx(tasklet.address());
    }
    tasklet.clearBits(Tasklet.STATE, Tasklet.TASKLET_STATE_SCHED);
    call.returns(tasklet.get(Tasklet.FUNC));
    call.returnsEdx(tasklet.get(Tasklet.DATA));
  }
}
