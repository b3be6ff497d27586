package org.trampoline.kernel.exit;

import org.trampoline.kernel.Call;
import org.trampoline.kernel.Errno;
import org.trampoline.kernel.HostFunctions;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.KernelPanic;
import org.trampoline.kernel.Signal;
import org.trampoline.kernel.arch.ThreadInfo;
import org.trampoline.kernel.fork.CloneFlags;
import org.trampoline.kernel.fork.Pids;
import org.trampoline.kernel.fork.SharedStructs;
import org.trampoline.kernel.fork.SignalStruct;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.mm.MmState;
import org.trampoline.kernel.mm.MmStruct;
import org.trampoline.kernel.mm.UserAccess;
import org.trampoline.kernel.sched.Signals;
import org.trampoline.kernel.sched.TaskStruct;
import org.trampoline.kernel.sched.WaitQueue;

/** do_exit but for its last step, and the C half of wait4 (Linux: kernel/exit.c). */
public final class Exit {
  private final Kernel kernel;
  private final KernelMemory memory;
  private final SharedStructs shared;
  private final Pids pids;
  private final Signals signals;
  private final UserAccess user;

  /** Exit of a kernel. */
  public Exit(Kernel kernel, SharedStructs shared, Pids pids, Signals signals, UserAccess user) {
    this.kernel = kernel;
    memory = kernel.memory();
    this.shared = shared;
    this.pids = pids;
    this.signals = signals;
    this.user = user;
  }

  /** Offers the functions that the guest calls. */
  public void link(HostFunctions functions) {
    functions.add("exit_current", this::exitCurrent);
    functions.add("add_wait_chldexit", this::addWait);
    functions.add("remove_wait_chldexit", this::removeWait);
    functions.add("wait_for_zombie", this::waitForZombie);
  }

  // ---- do_exit

  /**
   * {@code fastcall void do_exit(long code)} up to where it calls schedule(), in Linux's order.
   * What Linux releases and the model does not have (timers, semaphores, namespaces, keys) is left
   * out. With CONFIG_SMP it returns what {@link #exitMm} does.
   */
  private void exitCurrent(Call call) {
    int code = call.eax();
    TaskStruct task = kernel.current();
    // above: the return addresses into do_exit and into its caller
    kernel.emit(new KernelEvent.Exit(task, code, memory.read(call.esp() + 8)));
    if (kernel.inInterrupt()) {
      throw new KernelPanic("Aiee, killing interrupt handler!");
    }
    if (task.pid() == 0) {
      throw new KernelPanic("Attempted to kill the idle task!");
    }
    if (task.pid() == 1) {
      throw new KernelPanic("Attempted to kill init!");
    }
    task.setBits(TaskStruct.FLAGS, TaskStruct.PF_EXITING);
    int mm = exitMm(task);
    shared.exitFiles(task);
    shared.exitFs(task);
    task.set(TaskStruct.EXIT_CODE, code);
    exitNotify(task);
    if (kernel.isSmp()) {
      call.returns(mm);
    }
  }

  /**
   * {@code exit_mm}: from here on it is a kernel thread that borrows what was its own.
   *
   * @return as {@code AddressSpaces.put}
   */
  int exitMm(TaskStruct task) {
    int address = task.get(TaskStruct.MM);
    if (address == 0) {
      return 0;
    }
    MmStruct mm = new MmStruct(memory, address);
    mm.add(MmStruct.MM_COUNT, 1);
    task.set(TaskStruct.MM, 0);
    if (kernel.isSmp()) {
      kernel.tlbFlush().enterLazy();
    }
    kernel.emit(new KernelEvent.LazyTlb(task, address));
    return kernel.addressSpaces().put(mm);
  }

  /**
   * {@code exit_notify}: gives the children away and tells the parent. A task that nobody waits for
   * releases itself. PF_DEAD has the next task drop the last reference, after the switch.
   */
  private void exitNotify(TaskStruct task) {
    forgetOriginalParent(task);
    int signal = task.get(TaskStruct.EXIT_SIGNAL);
    if (signal != -1) {
      notifyParent(task, signal);
    }
    boolean dead = task.get(TaskStruct.EXIT_SIGNAL) == -1;
    task.set(TaskStruct.EXIT_STATE, dead ? TaskStruct.EXIT_DEAD : TaskStruct.EXIT_ZOMBIE);
    if (dead) {
      release(task);
    }
    task.threadInfo().add(ThreadInfo.PREEMPT_COUNT, 1);
    task.setBits(TaskStruct.FLAGS, TaskStruct.PF_DEAD);
  }

  /** Process 1 adopts the children. */
  private void forgetOriginalParent(TaskStruct father) {
    TaskStruct reaper = kernel.childReaper();
    var walk = father.list(TaskStruct.CHILDREN).walk();
    for (int node; (node = walk.next()) != 0; ) {
      TaskStruct child = TaskStruct.of(memory, node, TaskStruct.SIBLING);
      child.list(TaskStruct.SIBLING).remove();
      child.set(TaskStruct.REAL_PARENT, reaper.address());
      child.set(TaskStruct.PARENT, reaper.address());
      reaper.list(TaskStruct.CHILDREN).addTail(child.list(TaskStruct.SIBLING));
      if (child.get(TaskStruct.EXIT_SIGNAL) != -1) {
        child.set(TaskStruct.EXIT_SIGNAL, Signal.SIGCHLD);
      }
      if (child.get(TaskStruct.EXIT_STATE) == TaskStruct.EXIT_ZOMBIE) {
        notifyParent(child, child.get(TaskStruct.EXIT_SIGNAL));
      }
    }
  }

  /** {@code do_notify_parent} (kernel/signal.c). A signal of 0 only wakes a parent in wait4. */
  private void notifyParent(TaskStruct task, int signal) {
    TaskStruct parent = task.task(TaskStruct.PARENT);
    if (signal > 0 && signal <= 64) {
      signals.send(parent, signal);
    }
    kernel.waitQueues().wake(shared.waitQueue(parent).address(), TaskStruct.TASK_INTERRUPTIBLE, 1);
  }

  /** {@code release_task}: takes a task out of every list; nobody can find it any more. */
  private void release(TaskStruct task) {
    kernel.emit(new KernelEvent.Release(task));
    kernel.mmState().add(MmState.NR_THREADS, -1);
    task.list(TaskStruct.TASKS).remove();
    task.list(TaskStruct.SIBLING).remove();
    pids.free(task.pid());
    kernel.sched().exit(task);
    shared.exitSignal(task);
    shared.exitSighand(task);
    kernel.sched().putTask(task);
  }

  // ---- wait4

  private void addWait(Call call) {
    WaitQueue wait = new WaitQueue(memory, call.eax());
    TaskStruct task = kernel.current();
    wait.set(WaitQueue.FLAGS, 0);
    wait.set(WaitQueue.TASK, task.address());
    wait.set(WaitQueue.FUNC, 0);
    shared.waitQueue(task).add(wait.list(WaitQueue.TASK_LIST));
  }

  private void removeWait(Call call) {
    new WaitQueue(memory, call.eax()).list(WaitQueue.TASK_LIST).remove();
    kernel.current().set(TaskStruct.STATE, TaskStruct.TASK_RUNNING);
  }

  /**
   * One look of {@code do_wait}: releases a child that has exited, if there is one, and returns its
   * pid; 0 if the caller shall sleep; or a negative error number.
   */
  private void waitForZombie(Call call) {
    TaskStruct current = kernel.current();
    int pid = call.eax();
    int options = call.edx();
    if (call.ecx() != 0 && !user.canPutWord(call.ecx())) {
      call.returns(-Errno.EFAULT);
      return;
    }
    boolean any = false;
    var walk = current.list(TaskStruct.CHILDREN).walk();
    for (int node; (node = walk.next()) != 0; ) {
      TaskStruct child = TaskStruct.of(memory, node, TaskStruct.SIBLING);
      if (!eligible(child, current, pid, options)) {
        continue;
      }
      any = true;
      if (child.get(TaskStruct.EXIT_STATE) == TaskStruct.EXIT_ZOMBIE) {
        call.returns(reap(child, call.ecx()));
        return;
      }
    }
    call.returns(any ? 0 : -Errno.ECHILD);
  }

  /** {@code eligible_child}. */
  private boolean eligible(TaskStruct child, TaskStruct current, int pid, int options) {
    boolean wanted;
    if (pid > 0) {
      wanted = child.pid() == pid;
    } else if (pid == -1) {
      wanted = true;
    } else {
      wanted = group(child) == (pid == 0 ? group(current) : -pid);
    }
    int signal = child.get(TaskStruct.EXIT_SIGNAL);
    boolean clone = (options & CloneFlags.WCLONE) != 0;
    return wanted
        && signal != -1
        && ((signal != Signal.SIGCHLD) == clone || (options & CloneFlags.WALL) != 0);
  }

  private int group(TaskStruct task) {
    return new SignalStruct(memory, task.get(TaskStruct.SIGNAL)).get(SignalStruct.PGRP);
  }

  /** {@code wait_task_zombie}. */
  private int reap(TaskStruct child, int statusAddress) {
    int pid = child.pid();
    if (statusAddress != 0 && !user.putWord(statusAddress, child.get(TaskStruct.EXIT_CODE))) {
      return -Errno.EFAULT;
    }
    child.set(TaskStruct.EXIT_STATE, TaskStruct.EXIT_DEAD);
    release(child);
    return pid;
  }
}
