package org.trampoline.kernel.exit;

import org.trampoline.kernel.Call;
import org.trampoline.kernel.HostFunctions;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.Signal;
import org.trampoline.kernel.fork.FilesStruct;
import org.trampoline.kernel.fork.FsStruct;
import org.trampoline.kernel.fork.SharedStructs;
import org.trampoline.kernel.fork.SignalStruct;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.sched.Signals;
import org.trampoline.kernel.sched.TaskStruct;

/** How a thread gives up what it has from the process that made it (Linux: kernel/exit.c). */
public final class Daemonize {
  private final Kernel kernel;
  private final KernelMemory memory;
  private final SharedStructs shared;
  private final Signals signals;
  private final Exit exit;

  /** Daemonizing on a kernel. */
  public Daemonize(Kernel kernel, SharedStructs shared, Signals signals, Exit exit) {
    this.kernel = kernel;
    memory = kernel.memory();
    this.shared = shared;
    this.signals = signals;
    this.exit = exit;
  }

  /** Offers the functions that the guest calls. */
  public void link(HostFunctions functions) {
    functions.add("daemonize", this::daemonize);
    functions.add("kthread_exit_files", call -> adoptInitsFiles(kernel.current()));
    functions.add("reparent_to_init", call -> reparentToInit(kernel.current()));
  }

  /** {@code void daemonize(const char *name, …)}, asmlinkage, in Linux's order. */
  private void daemonize(Call call) {
    TaskStruct task = kernel.current();
    task.comm(kernel.printk().format(call.esp() + 4));
    kernel.emit(new KernelEvent.Comm(task));
    int mm = exit.exitMm(task);
    if (kernel.isSmp()) {
      call.returns(mm);
    }
    SignalStruct signal = new SignalStruct(memory, task.get(TaskStruct.SIGNAL));
    signal.set(SignalStruct.SESSION, 1);
    signal.set(SignalStruct.PGRP, 1);
    signal.set(SignalStruct.TTY, 0);
    signals.block(task, -1L);
    signals.flush(task);
    adoptInitsFiles(task);
    reparentToInit(task);
    kernel.emit(new KernelEvent.Daemonize(task));
  }

  /** Process 0's directories and open files instead of the parent's. */
  private void adoptInitsFiles(TaskStruct task) {
    shared.exitFs(task);
    FsStruct fs = new FsStruct(memory, kernel.symbol("init_fs"));
    task.set(TaskStruct.FS, fs.address());
    fs.add(FsStruct.COUNT, 1);
    shared.exitFiles(task);
    FilesStruct files = new FilesStruct(memory, kernel.symbol("init_files"));
    task.set(TaskStruct.FILES, files.address());
    files.add(FilesStruct.COUNT, 1);
  }

  /** {@code reparent_to_init}. */
  private void reparentToInit(TaskStruct task) {
    TaskStruct reaper = kernel.childReaper();
    task.list(TaskStruct.SIBLING).remove();
    task.set(TaskStruct.REAL_PARENT, reaper.address());
    task.set(TaskStruct.PARENT, reaper.address());
    reaper.list(TaskStruct.CHILDREN).addTail(task.list(TaskStruct.SIBLING));
    task.set(TaskStruct.EXIT_SIGNAL, Signal.SIGCHLD);
    if (task.get(TaskStruct.POLICY) == TaskStruct.SCHED_NORMAL && task.nice() < 0) {
      kernel.sched().setNice(task, 0);
    }
    task.set(TaskStruct.UID, 0); // INIT_USER
  }
}
