package org.trampoline.kernel.fork;

import org.trampoline.kernel.Errno;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.ListHead;
import org.trampoline.kernel.sched.TaskStruct;

/**
 * What a child shares with its parent or gets a copy of, by CLONE_ flag: copy_fs, copy_files,
 * copy_sighand and copy_signal (kernel/fork.c), and their ends (kernel/exit.c, kernel/signal.c).
 * Each of the structures begins with its count of tasks.
 */
public final class SharedStructs {
  private static final int COUNT = 0;

  private final Kernel kernel;
  private final KernelMemory memory;

  /** The shared structures of a kernel. */
  public SharedStructs(Kernel kernel) {
    this.kernel = kernel;
    memory = kernel.memory();
  }

  int copyFiles(TaskStruct child, TaskStruct parent, int flags) {
    boolean share = (flags & CloneFlags.CLONE_FILES) != 0;
    return copy(child, parent, TaskStruct.FILES, FilesStruct.LAYOUT.size(), share);
  }

  int copyFs(TaskStruct child, TaskStruct parent, int flags) {
    boolean share = (flags & CloneFlags.CLONE_FS) != 0;
    return copy(child, parent, TaskStruct.FS, FsStruct.LAYOUT.size(), share);
  }

  int copySighand(TaskStruct child, TaskStruct parent, int flags) {
    boolean share = (flags & (CloneFlags.CLONE_SIGHAND | CloneFlags.CLONE_THREAD)) != 0;
    return copy(child, parent, TaskStruct.SIGHAND, SighandStruct.LAYOUT.size(), share);
  }

  int copySignal(TaskStruct child, TaskStruct parent, int flags) {
    boolean share = (flags & CloneFlags.CLONE_THREAD) != 0;
    int error = copy(child, parent, TaskStruct.SIGNAL, SignalStruct.LAYOUT.size(), share);
    if (error == 0 && !share) {
      waitQueue(child).init();
    }
    return error;
  }

  private int copy(
      TaskStruct child, TaskStruct parent, Field<TaskStruct> field, int size, boolean share) {
    int old = parent.get(field);
    if (share || old == 0) {
      if (old != 0) {
        memory.write(old + COUNT, memory.read(old + COUNT) + 1);
      }
      child.set(field, old);
      return 0;
    }
    int copy = kernel.slab().allocate(size);
    if (copy == 0) {
      return -Errno.ENOMEM;
    }
    memory.copy(old, copy, size);
    memory.write(copy + COUNT, 1);
    child.set(field, copy);
    return 0;
  }

  /** {@code exit_files}. */
  public void exitFiles(TaskStruct task) {
    exit(task, TaskStruct.FILES, FilesStruct.LAYOUT.size());
  }

  /** {@code exit_fs}. */
  public void exitFs(TaskStruct task) {
    exit(task, TaskStruct.FS, FsStruct.LAYOUT.size());
  }

  /** {@code exit_sighand}. */
  public void exitSighand(TaskStruct task) {
    exit(task, TaskStruct.SIGHAND, SighandStruct.LAYOUT.size());
  }

  /** {@code exit_signal}. */
  public void exitSignal(TaskStruct task) {
    exit(task, TaskStruct.SIGNAL, SignalStruct.LAYOUT.size());
  }

  private void exit(TaskStruct task, Field<TaskStruct> field, int size) {
    int shared = task.get(field);
    if (shared != 0) {
      task.set(field, 0);
      int count = memory.read(shared + COUNT) - 1;
      memory.write(shared + COUNT, count);
      if (count == 0) {
        kernel.slab().free(shared, size);
      }
    }
  }

  /** The queue of those threads of a process that are in wait4. */
  public ListHead waitQueue(TaskStruct task) {
    return new SignalStruct(memory, task.get(TaskStruct.SIGNAL)).list(SignalStruct.WAIT_CHLDEXIT);
  }
}
