package org.trampoline.kernel.sched;

import org.trampoline.kernel.Call;
import org.trampoline.kernel.Errno;
import org.trampoline.kernel.HostFunctions;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.ListHead;

/**
 * Moving tasks to processors that they may use (Linux: set_cpus_allowed and migration_thread in
 * kernel/sched.c). Only a task's own processor can take it from there: its migration thread, which
 * is better than all others, does, and while that runs the task does not.
 */
final class Migration {
  private final Kernel kernel;
  private final KernelMemory memory;
  private final Sched sched;

  Migration(Kernel kernel, Sched sched) {
    this.kernel = kernel;
    memory = kernel.memory();
    this.sched = sched;
  }

  void link(HostFunctions functions) {
    functions.add("request_migration", this::request);
    functions.add("next_migration", this::next);
    functions.add("bind_if_inactive", this::bindIfInactive);
    functions.add("get_affinity", this::affinity);
  }

  /**
   * {@code set_cpus_allowed(task, mask)} up to where it waits; ecx is the room for the request. 1:
   * edx is the migration thread to wake.
   */
  private void request(Call call) {
    TaskStruct task = sched.task(call.eax());
    int usable = call.edx() & kernel.smp().online();
    if (usable == 0) {
      call.returns(-Errno.EINVAL);
      return;
    }
    task.set(TaskStruct.CPUS_ALLOWED, call.edx());
    call.returns(0);
    if ((usable >> task.cpu() & 1) != 0) {
      return;
    }
    int to = Integer.numberOfTrailingZeros(usable);
    if (task.get(TaskStruct.ARRAY) == 0 && !sched.onProcessor(task)) {
      sched.setCpu(task, to);
      return;
    }
    RunQueue rq = sched.runQueue(task.cpu());
    MigrationReq request = new MigrationReq(memory, call.ecx());
    new Completion(memory, request.address(MigrationReq.DONE)).init();
    request.set(MigrationReq.TASK, task.address());
    request.set(MigrationReq.DEST_CPU, to);
    rq.list(RunQueue.MIGRATION_QUEUE).add(request.list(MigrationReq.LIST));
    call.returns(1);
    call.returnsEdx(rq.get(RunQueue.MIGRATION_THREAD));
  }

  /**
   * What the migration thread does each time: the completion of the request, 0 if there is none.
   */
  private void next(Call call) {
    ListHead queue = sched.runQueue().list(RunQueue.MIGRATION_QUEUE);
    if (queue.isEmpty()) {
      call.returns(0);
      return;
    }
    ListHead entry = ListHead.at(memory, queue.next());
    entry.remove();
    MigrationReq request = new MigrationReq(memory, entry.address() - MigrationReq.LIST.offset());
    migrate(sched.task(request.get(MigrationReq.TASK)), request.get(MigrationReq.DEST_CPU));
    call.returns(request.address(MigrationReq.DONE));
  }

  /** {@code __migrate_task}: from this processor, unless that has become pointless meanwhile. */
  private void migrate(TaskStruct task, int to) {
    int here = kernel.engine().processor();
    if (task.cpu() != here || (task.get(TaskStruct.CPUS_ALLOWED) >> to & 1) == 0) {
      return;
    }
    boolean queued = task.get(TaskStruct.ARRAY) != 0;
    if (queued) {
      sched.deactivate(sched.runQueue(here), task);
    }
    sched.setCpu(task, to);
    if (queued) {
      RunQueue rq = sched.runQueue(to);
      sched.activate(rq, task);
      sched.preemptIfBetter(rq, task);
    }
  }

  /**
   * {@code kthread_bind(k, cpu)}: 0; 1 if the thread is still on a processor, 2 if it waits for
   * one.
   */
  private void bindIfInactive(Call call) {
    TaskStruct task = sched.task(call.eax());
    if (sched.onProcessor(task)) {
      call.returns(1);
    } else if (task.get(TaskStruct.ARRAY) != 0) {
      call.returns(2);
    } else {
      sched.setCpu(task, call.edx());
      task.set(TaskStruct.CPUS_ALLOWED, 1 << call.edx());
      call.returns(0);
    }
  }

  /** {@code sys_sched_setaffinity(pid, len, mask)} up to set_cpus_allowed; 0 is the caller. */
  private void affinity(Call call) {
    TaskStruct task = call.eax() == 0 ? kernel.current() : kernel.findTask(call.eax());
    int[] mask = kernel.userAccess().getWords(call.ecx(), 1);
    if (call.edx() < 4 || call.edx() > 4096) {
      call.returns(-Errno.EINVAL);
    } else if (mask == null) {
      call.returns(-Errno.EFAULT);
    } else if (task == null) {
      call.returns(-Errno.ESRCH);
    } else {
      call.returns(task.address());
      call.returnsEdx(mask[0]);
    }
  }
}
