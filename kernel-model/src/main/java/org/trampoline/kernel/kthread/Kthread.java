package org.trampoline.kernel.kthread;

import org.trampoline.kernel.Call;
import org.trampoline.kernel.HostFunctions;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.KernelPanic;
import org.trampoline.kernel.arch.ThreadInfo;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.sched.TaskStruct;

/** What kernel/kthread.S leaves to C (Linux: kernel/kthread.c). */
public final class Kthread {
  private final Kernel kernel;
  private final KernelMemory memory;

  /** The kernel threads of a kernel. */
  public Kthread(Kernel kernel) {
    this.kernel = kernel;
    memory = kernel.memory();
  }

  /** Offers the functions that the guest calls. */
  public void link(HostFunctions functions) {
    functions.add("set_task_comm", this::setComm);
    functions.add(
        "find_task_by_pid",
        call -> {
          TaskStruct task = kernel.findTask(call.eax());
          call.returns(task == null ? 0 : task.address());
        });
    functions.add("get_task_struct", call -> task(call).add(TaskStruct.USAGE, 1));
    functions.add("put_task_struct", call -> kernel.sched().putTask(task(call)));
    if (!kernel.isSmp()) {
      functions.add("kthread_bind", this::bind);
    }
  }

  private TaskStruct task(Call call) {
    return new TaskStruct(memory, call.eax());
  }

  /** {@code vsnprintf(task->comm, …)}: the task in eax, at edx a format and its arguments. */
  private void setComm(Call call) {
    TaskStruct task = task(call);
    task.comm(kernel.printk().format(call.edx()));
    kernel.emit(new KernelEvent.Comm(task));
  }

  /** {@code kthread_bind(k, cpu)}: the thread must not have run yet. */
  private void bind(Call call) {
    TaskStruct task = task(call);
    if (task.get(TaskStruct.STATE) != TaskStruct.TASK_INTERRUPTIBLE) {
      throw new KernelPanic("kernel BUG at kernel/kthread.c: kthread_bind of a running thread");
    }
    task.threadInfo().set(ThreadInfo.CPU, call.edx());
    task.set(TaskStruct.CPUS_ALLOWED, 1 << call.edx());
  }
}
