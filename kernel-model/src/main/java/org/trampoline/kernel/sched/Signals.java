package org.trampoline.kernel.sched;

import org.trampoline.kernel.HostFunctions;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.Signal;
import org.trampoline.kernel.arch.ThreadInfo;
import org.trampoline.kernel.layout.KernelMemory;

/**
 * Signals (Linux: kernel/signal.c). So far no process can install a handler, so a signal is ignored
 * or deadly, by its default.
 */
public final class Signals {
  private static final long IGNORED_BY_DEFAULT =
      bit(Signal.SIGCHLD) | bit(Signal.SIGCONT) | bit(Signal.SIGURG) | bit(Signal.SIGWINCH);

  private final Kernel kernel;
  private final KernelMemory memory;

  /** The signals of a kernel. */
  public Signals(Kernel kernel) {
    this.kernel = kernel;
    memory = kernel.memory();
  }

  /** Offers the functions that the guest calls. */
  public void link(HostFunctions functions) {
    functions.add("get_signal_to_deliver", call -> call.returns(signalToDeliver(kernel.current())));
  }

  private static long bit(int signal) {
    return 1L << signal - 1;
  }

  private long set(int address) {
    return memory.read(address) & 0xffff_ffffL | (long) memory.read(address + 4) << 32;
  }

  private void set(int address, long signals) {
    memory.write(address, (int) signals);
    memory.write(address + 4, (int) (signals >>> 32));
  }

  /** {@code send_sig}: a signal for a task, 1–64; one that is ignored is not even kept. */
  public void send(TaskStruct task, int signal) {
    if ((IGNORED_BY_DEFAULT & bit(signal)) == 0) {
      queue(task, signal);
    }
  }

  /** {@code force_sig}: as {@link #send}, but the task cannot have blocked it. */
  public void force(TaskStruct task, int signal) {
    int blocked = task.address(TaskStruct.BLOCKED);
    set(blocked, set(blocked) & ~bit(signal));
    queue(task, signal);
  }

  private void queue(TaskStruct task, int signal) {
    int pending = task.address(TaskStruct.PENDING);
    set(pending, set(pending) | bit(signal));
    if ((set(task.address(TaskStruct.BLOCKED)) & bit(signal)) == 0) {
      task.threadInfo().setFlag(ThreadInfo.TIF_SIGPENDING);
      kernel.sched().tryToWakeUp(task, TaskStruct.TASK_INTERRUPTIBLE);
    }
  }

  /** Takes the lowest pending signal; 0 if there is none. */
  private int signalToDeliver(TaskStruct task) {
    int pending = task.address(TaskStruct.PENDING);
    long blocked = set(task.address(TaskStruct.BLOCKED));
    long ready = set(pending) & ~blocked;
    set(pending, set(pending) & (ready - 1 | ~ready));
    if ((ready & ready - 1) == 0) {
      task.threadInfo().clearFlag(ThreadInfo.TIF_SIGPENDING);
    }
    return ready == 0 ? 0 : Long.numberOfTrailingZeros(ready) + 1;
  }
}
