package org.trampoline.kernel.fork;

import org.trampoline.emulator.engine.Register;
import org.trampoline.kernel.Errno;
import org.trampoline.kernel.HostFunctions;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.arch.PtRegs;
import org.trampoline.kernel.arch.PtRegsLayout;
import org.trampoline.kernel.arch.ThreadInfo;
import org.trampoline.kernel.arch.ThreadSetup;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.mm.MmState;
import org.trampoline.kernel.mm.MmStruct;
import org.trampoline.kernel.sched.TaskStruct;

/** Making threads and processes (Linux: kernel/fork.c). */
public final class Fork {
  /** At least so many threads are allowed, however little memory there is. */
  private static final int MIN_THREADS = 20;

  private final Kernel kernel;
  private final KernelMemory memory;
  private final ThreadSetup threads;
  private final SharedStructs shared;
  private final Pids pids;

  /** Fork of a kernel. */
  public Fork(Kernel kernel, ThreadSetup threads, SharedStructs shared, Pids pids) {
    this.kernel = kernel;
    memory = kernel.memory();
    this.threads = threads;
    this.shared = shared;
    this.pids = pids;
  }

  /** Offers the functions that the guest calls. */
  public void link(HostFunctions functions) {
    functions.add("fork_init", call -> init());
    functions.add(
        "sys_fork_regs",
        call -> call.returns(doFork(call.edx(), call.ecx(), threads.regs(call.eax()))));
  }

  /** {@code fork_init}: threads may take up to an eighth of the memory with their stacks. */
  private void init() {
    MmState state = kernel.mmState();
    int stackPages = ThreadInfo.THREAD_SIZE / KernelMemory.PAGE_SIZE;
    int threads = state.get(MmState.MAX_PFN) / (8 * stackPages);
    state.set(MmState.MAX_THREADS, Math.max(threads, MIN_THREADS));
  }

  /**
   * {@code do_fork}.
   *
   * @param flags CLONE_ bits and the exit signal
   * @param stackStart the child's user stack pointer, for a kernel thread 0
   * @param regs what the child starts with
   * @return the child's pid, or a negative error number
   */
  public int doFork(int flags, int stackStart, PtRegs regs) {
    if ((flags & (CloneFlags.CLONE_VFORK | CloneFlags.CLONE_PTRACE)) != 0) {
      return -Errno.ENOSYS; // neither waiting for an exec nor debuggers are modelled
    }
    int pid = pids.allocate();
    if (pid < 0) {
      return -Errno.EAGAIN;
    }
    TaskStruct parent = kernel.current();
    int child = copyProcess(flags, stackStart, regs, pid);
    if (child < 0 && child > -4096) {
      pids.free(pid);
      return child;
    }
    TaskStruct task = new TaskStruct(memory, child);
    kernel.emit(new KernelEvent.Fork(parent, task, flags));
    if ((flags & CloneFlags.CLONE_STOPPED) != 0) {
      task.set(TaskStruct.STATE, TaskStruct.TASK_STOPPED);
    } else {
      kernel.sched().wakeUpNewTask(task, flags);
    }
    return pid;
  }

  /**
   * {@code copy_process}, in Linux's order: a task that is all there, but not in the run queue.
   *
   * @return its address, or a negative error number
   */
  private int copyProcess(int flags, int stackStart, PtRegs regs, int pid) {
    if (all(flags, CloneFlags.CLONE_NEWNS | CloneFlags.CLONE_FS)
        || any(flags, CloneFlags.CLONE_THREAD) && !any(flags, CloneFlags.CLONE_SIGHAND)
        || any(flags, CloneFlags.CLONE_SIGHAND) && !any(flags, CloneFlags.CLONE_VM)) {
      return -Errno.EINVAL;
    }
    TaskStruct current = kernel.current();
    TaskStruct child = dupTaskStruct(current);
    if (child == null) {
      return -Errno.ENOMEM;
    }
    MmState state = kernel.mmState();
    if (state.get(MmState.NR_THREADS) >= state.get(MmState.MAX_THREADS)) {
      free(child);
      return -Errno.EAGAIN;
    }
    child.clearBits(TaskStruct.FLAGS, TaskStruct.PF_SUPERPRIV);
    child.setBits(TaskStruct.FLAGS, TaskStruct.PF_FORKNOEXEC);
    child.set(TaskStruct.DID_EXEC, 0);
    child.set(TaskStruct.PID, pid);
    child.list(TaskStruct.CHILDREN).init();
    child.list(TaskStruct.SIBLING).init();
    memory.clear(child.address(TaskStruct.PENDING), TaskStruct.PENDING.size());

    memory.clear(child.address(TaskStruct.UTIME), 4 * 4); // and what follows: stime, switches
    int error = copyShared(child, current, flags);
    if (error != 0) {
      free(child);
      return error;
    }
    threads.copyThread(child, stackStart, regs);
    boolean thread = any(flags, CloneFlags.CLONE_THREAD);
    child.set(TaskStruct.EXIT_SIGNAL, thread ? -1 : flags & CloneFlags.CSIGNAL);
    child.set(TaskStruct.EXIT_STATE, 0);
    child.set(TaskStruct.EXIT_CODE, 0);
    kernel.sched().fork(child);

    child.set(TaskStruct.TGID, thread ? current.get(TaskStruct.TGID) : pid);
    child.set(
        TaskStruct.GROUP_LEADER, thread ? current.get(TaskStruct.GROUP_LEADER) : child.address());
    boolean sibling = any(flags, CloneFlags.CLONE_PARENT | CloneFlags.CLONE_THREAD);
    TaskStruct parent = sibling ? current.task(TaskStruct.REAL_PARENT) : current;
    child.set(TaskStruct.REAL_PARENT, parent.address());
    child.set(TaskStruct.PARENT, parent.address());
    kernel.initTask().list(TaskStruct.TASKS).addTail(child.list(TaskStruct.TASKS));
    parent.list(TaskStruct.CHILDREN).addTail(child.list(TaskStruct.SIBLING));
    state.add(MmState.NR_THREADS, 1);
    return child.address();
  }

  /**
   * The first half of {@code fork_idle}: a thread with pid 0 that is in no list.
   *
   * @return its address, or a negative error number
   */
  public int idle() {
    PtRegsLayout layout = kernel.version().ptRegs();
    int size = layout.size();
    PtRegs regs = new PtRegs(memory, kernel.engine().get(Register.ESP) - size, layout);
    memory.clear(regs.address(), size); // idle_regs
    int child = copyProcess(CloneFlags.CLONE_VM, 0, regs, 0);
    if (child >= 0 || child < -4096) {
      TaskStruct task = new TaskStruct(memory, child);
      task.list(TaskStruct.TASKS).remove(); // unhash_process
      task.list(TaskStruct.SIBLING).remove();
      task.comm("swapper");
      kernel.mmState().add(MmState.NR_THREADS, -1);
    }
    return child;
  }

  private static boolean any(int flags, int of) {
    return (flags & of) != 0;
  }

  private static boolean all(int flags, int of) {
    return (flags & of) == of;
  }

  /**
   * {@code dup_task_struct}: a new stack and a task that is a copy of the parent; null if no
   * memory.
   */
  private TaskStruct dupTaskStruct(TaskStruct current) {
    int size = TaskStruct.LAYOUT.size();
    int address = kernel.slab().allocate(size);
    if (address == 0) {
      return null;
    }
    int stack = kernel.pages().allocate(1);
    if (stack == 0) {
      kernel.slab().free(address, size);
      return null;
    }
    memory.copy(current.get(TaskStruct.THREAD_INFO), stack, ThreadInfo.LAYOUT.size());
    memory.copy(current.address(), address, size);
    TaskStruct child = new TaskStruct(memory, address);
    child.set(TaskStruct.THREAD_INFO, stack);
    child.set(TaskStruct.USAGE, 2); // its own, and that of who will release it
    child.set(TaskStruct.FILES, 0);
    child.set(TaskStruct.FS, 0);
    child.set(TaskStruct.SIGHAND, 0);
    child.set(TaskStruct.SIGNAL, 0);
    ThreadInfo info = new ThreadInfo(memory, stack);
    info.set(ThreadInfo.TASK, address);
    info.clearFlag(ThreadInfo.TIF_SIGPENDING);
    info.clearFlag(ThreadInfo.TIF_NEED_RESCHED);
    return child;
  }

  private int copyShared(TaskStruct child, TaskStruct current, int flags) {
    int error = shared.copyFiles(child, current, flags);
    if (error == 0) {
      error = shared.copyFs(child, current, flags);
    }
    if (error == 0) {
      error = shared.copySighand(child, current, flags);
    }
    if (error == 0) {
      error = shared.copySignal(child, current, flags);
    }
    return error != 0 ? error : copyMm(child, current, flags);
  }

  /** {@code copy_mm}: a kernel thread has none and its child neither, whatever the flags say. */
  private int copyMm(TaskStruct child, TaskStruct current, int flags) {
    int mm = current.get(TaskStruct.MM);
    child.set(TaskStruct.MM, 0);
    child.set(TaskStruct.ACTIVE_MM, 0);
    if (mm == 0) {
      return 0;
    }
    if ((flags & CloneFlags.CLONE_VM) == 0) {
      MmStruct copy = kernel.addressSpaces().duplicate(new MmStruct(memory, mm));
      if (copy == null) {
        return -Errno.ENOMEM;
      }
      child.set(TaskStruct.MM, copy.address());
      child.set(TaskStruct.ACTIVE_MM, copy.address());
      return 0;
    }
    new MmStruct(memory, mm).add(MmStruct.MM_USERS, 1);
    child.set(TaskStruct.MM, mm);
    child.set(TaskStruct.ACTIVE_MM, mm);
    return 0;
  }

  /** Undoes what copy_process has done so far. */
  private void free(TaskStruct child) {
    shared.exitSignal(child);
    shared.exitSighand(child);
    shared.exitFs(child);
    shared.exitFiles(child);
    kernel.pages().free(child.get(TaskStruct.THREAD_INFO), 1);
    kernel.slab().free(child.address(), TaskStruct.LAYOUT.size());
  }
}
