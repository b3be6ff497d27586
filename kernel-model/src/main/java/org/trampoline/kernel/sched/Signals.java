package org.trampoline.kernel.sched;

import org.trampoline.kernel.Call;
import org.trampoline.kernel.Errno;
import org.trampoline.kernel.HostFunctions;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.Signal;
import org.trampoline.kernel.arch.ThreadInfo;
import org.trampoline.kernel.fork.SighandStruct;
import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.KernelMemory;

/**
 * Signals (Linux: kernel/signal.c). A process can ignore a signal or take its default, but has no
 * handlers; a kernel thread sees those that it has allowed, and none else.
 */
public final class Signals {
  /** Number of the last signal. */
  public static final int NSIG = 64;

  private static final int SIG_DFL = 0;
  private static final int SIG_IGN = 1;

  /** What allow_signal enters as the handler of a kernel thread. */
  private static final int KERNEL_HANDLER = 2;

  private static final long IGNORED_BY_DEFAULT =
      bit(Signal.SIGCHLD) | bit(Signal.SIGCONT) | bit(Signal.SIGURG) | bit(Signal.SIGWINCH);

  private static final long KERNEL_ONLY = bit(Signal.SIGKILL) | bit(Signal.SIGSTOP);

  private final Kernel kernel;
  private final KernelMemory memory;

  /** The signals of a kernel. */
  public Signals(Kernel kernel) {
    this.kernel = kernel;
    memory = kernel.memory();
  }

  /** Offers the functions that the guest calls; fastcall unless asmlinkage is said. */
  public void link(HostFunctions functions) {
    functions.add("get_signal_to_deliver", call -> call.returns(toDeliver(kernel.current())));
    functions.add(
        "send_sig",
        call -> {
          int signal = call.eax();
          call.returns(bad(signal) ? -Errno.EINVAL : send(task(call.edx()), signal));
        });
    functions.add("kill_proc", call -> call.returns(kill(call.eax(), call.edx())));
    functions.add("flush_signals", call -> flush(task(call.eax())));
    functions.add("allow_signal", call -> call.returns(allow(call.eax(), true)));
    functions.add("disallow_signal", call -> call.returns(allow(call.eax(), false)));
    functions.add(
        "dequeue_signal",
        call -> {
          TaskStruct task = task(call.eax()); // with its own mask
          call.returns(dequeue(task, task.getLong(TaskStruct.BLOCKED)));
        });
    functions.add("recalc_sigpending", call -> recalculate(kernel.current()));
    functions.add("block_all_signals", call -> block(kernel.current(), -1L));
    functions.add("sys_kill", this::sysKill);
    functions.add("sys_signal", this::sysSignal);
  }

  private TaskStruct task(int address) {
    return new TaskStruct(memory, address);
  }

  private static long bit(int signal) {
    return 1L << signal - 1;
  }

  private static boolean bad(int signal) {
    return signal < 1 || signal > NSIG;
  }

  private static int handler(TaskStruct task, KernelMemory memory, int signal) {
    return memory.read(action(task, memory, signal));
  }

  private static int action(TaskStruct task, KernelMemory memory, int signal) {
    SighandStruct sighand = new SighandStruct(memory, task.get(TaskStruct.SIGHAND));
    return sighand.address(SighandStruct.ACTION) + 4 * (signal - 1);
  }

  private boolean has(TaskStruct task, Field<TaskStruct> set, int signal) {
    return (task.getLong(set) & bit(signal)) != 0;
  }

  /** {@code sig_ignored}: a blocked one is not, as its handler may change. */
  private boolean ignored(TaskStruct task, int signal) {
    if (has(task, TaskStruct.BLOCKED, signal)) {
      return false;
    }
    int handler = handler(task, memory, signal);
    return handler == SIG_IGN || handler == SIG_DFL && (IGNORED_BY_DEFAULT & bit(signal)) != 0;
  }

  /** {@code send_sig}: a signal for a task, 1–64; one that is ignored is not even kept. */
  public int send(TaskStruct task, int signal) {
    if (task.get(TaskStruct.SIGHAND) != 0) {
      if (signal == Signal.SIGCONT) {
        task.setLong(TaskStruct.PENDING, task.getLong(TaskStruct.PENDING) & ~bit(Signal.SIGSTOP));
        kernel.sched().tryToWakeUp(task, TaskStruct.TASK_STOPPED, false);
      }
      if (!ignored(task, signal)) {
        queue(task, signal);
      }
    }
    return 0;
  }

  /** {@code force_sig}: as {@link #send}, but the task can neither block nor ignore it. */
  public void force(TaskStruct task, int signal) {
    if (has(task, TaskStruct.BLOCKED, signal) || handler(task, memory, signal) == SIG_IGN) {
      memory.write(action(task, memory, signal), SIG_DFL);
      task.setLong(TaskStruct.BLOCKED, task.getLong(TaskStruct.BLOCKED) & ~bit(signal));
    }
    queue(task, signal);
  }

  private void queue(TaskStruct task, int signal) {
    task.setLong(TaskStruct.PENDING, task.getLong(TaskStruct.PENDING) | bit(signal));
    boolean blocked = has(task, TaskStruct.BLOCKED, signal);
    if (kernel.listened()) {
      kernel.emit(new KernelEvent.Signal(task, signal, blocked));
    }
    if (!blocked) {
      // signal_wake_up: SIGKILL also resumes a stopped task
      task.threadInfo().setFlag(ThreadInfo.TIF_SIGPENDING);
      int states = TaskStruct.TASK_INTERRUPTIBLE;
      if (signal == Signal.SIGKILL) {
        states |= TaskStruct.TASK_STOPPED;
      }
      if (!kernel.sched().tryToWakeUp(task, states, false) && kernel.isSmp()) {
        kernel.sched().kick(task);
      }
    }
  }

  /** {@code kill_proc}. */
  private int kill(int pid, int signal) {
    if (bad(signal) && signal != 0) {
      return -Errno.EINVAL;
    }
    TaskStruct task = kernel.findTask(pid);
    if (task == null) {
      return -Errno.ESRCH;
    }
    return signal == 0 ? 0 : send(task, signal);
  }

  private void sysKill(Call call) {
    int pid = call.argument(0);
    int signal = call.argument(1);
    if (pid > 0) {
      call.returns(kill(pid, signal));
      return;
    }
    // -1: everybody but process 1 and the caller; groups are not modelled beyond that
    if (pid != -1 || bad(signal)) {
      call.returns(-Errno.EINVAL);
      return;
    }
    int found = 0;
    var walk = kernel.initTask().list(TaskStruct.TASKS).walk();
    for (int node; (node = walk.next()) != 0; ) {
      TaskStruct task = TaskStruct.of(memory, node, TaskStruct.TASKS);
      if (task.pid() > 1 && !task.equals(kernel.current())) {
        send(task, signal);
        found++;
      }
    }
    call.returns(found == 0 ? -Errno.ESRCH : 0);
  }

  /** {@code sys_signal(sig, handler)}: SIG_DFL or SIG_IGN; returns what was before. */
  private void sysSignal(Call call) {
    int signal = call.argument(0);
    int handler = call.argument(1);
    if (bad(signal)
        || (KERNEL_ONLY & bit(signal)) != 0
        || handler != SIG_DFL && handler != SIG_IGN) {
      call.returns(-Errno.EINVAL);
      return;
    }
    TaskStruct current = kernel.current();
    int at = action(current, memory, signal);
    call.returns(memory.read(at));
    memory.write(at, handler);
  }

  /** {@code recalc_sigpending_tsk}. */
  void recalculate(TaskStruct task) {
    long ready = task.getLong(TaskStruct.PENDING) & ~task.getLong(TaskStruct.BLOCKED);
    if (ready != 0) {
      task.threadInfo().setFlag(ThreadInfo.TIF_SIGPENDING);
    } else {
      task.threadInfo().clearFlag(ThreadInfo.TIF_SIGPENDING);
    }
  }

  /** {@code flush_signals}: forgets all that are pending. */
  public void flush(TaskStruct task) {
    task.threadInfo().clearFlag(ThreadInfo.TIF_SIGPENDING);
    task.setLong(TaskStruct.PENDING, 0);
  }

  /** {@code sigprocmask(SIG_BLOCK, …)}. */
  public void block(TaskStruct task, long signals) {
    task.setLong(TaskStruct.BLOCKED, task.getLong(TaskStruct.BLOCKED) | signals);
    recalculate(task);
  }

  /**
   * {@code allow_signal} and {@code disallow_signal} (kernel/exit.c): a kernel thread handles its
   * signals itself, so nothing may turn them into its end or drop them.
   */
  private int allow(int signal, boolean allowed) {
    if (bad(signal)) {
      return -Errno.EINVAL;
    }
    TaskStruct current = kernel.current();
    long blocked = current.getLong(TaskStruct.BLOCKED);
    if (allowed) {
      current.setLong(TaskStruct.BLOCKED, blocked & ~bit(signal));
      if (current.get(TaskStruct.MM) == 0) {
        memory.write(action(current, memory, signal), KERNEL_HANDLER);
      }
    } else {
      current.setLong(TaskStruct.BLOCKED, blocked | bit(signal));
    }
    recalculate(current);
    return 0;
  }

  /** {@code dequeue_signal}: takes the lowest that is pending and not in the mask; 0 if none. */
  private int dequeue(TaskStruct task, long mask) {
    long pending = task.getLong(TaskStruct.PENDING);
    long ready = pending & ~mask;
    if (ready != 0) {
      task.setLong(TaskStruct.PENDING, pending & ~Long.lowestOneBit(ready));
    }
    recalculate(task);
    return ready == 0 ? 0 : Long.numberOfTrailingZeros(ready) + 1;
  }

  /**
   * {@code get_signal_to_deliver}: what the task is to die of, 0 for nothing; stops it at a
   * SIGSTOP. Process 1 gets no signal that it has not asked for.
   */
  private int toDeliver(TaskStruct task) {
    while (true) {
      int signal = dequeue(task, task.getLong(TaskStruct.BLOCKED));
      if (signal == 0) {
        return 0;
      }
      int handler = handler(task, memory, signal);
      boolean ignored =
          handler == SIG_IGN || handler == SIG_DFL && (IGNORED_BY_DEFAULT & bit(signal)) != 0;
      if (ignored || task.pid() == 1) {
        continue;
      }
      if (signal == Signal.SIGSTOP) {
        task.set(TaskStruct.STATE, TaskStruct.TASK_STOPPED);
        task.threadInfo().setFlag(ThreadInfo.TIF_NEED_RESCHED);
        return 0;
      }
      return signal;
    }
  }
}
