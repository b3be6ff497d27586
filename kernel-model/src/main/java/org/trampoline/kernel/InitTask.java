package org.trampoline.kernel;

import org.trampoline.kernel.arch.Pda;
import org.trampoline.kernel.arch.Segments;
import org.trampoline.kernel.arch.ThreadInfo;
import org.trampoline.kernel.arch.TssStruct;
import org.trampoline.kernel.fork.FilesStruct;
import org.trampoline.kernel.fork.FsStruct;
import org.trampoline.kernel.fork.SighandStruct;
import org.trampoline.kernel.fork.SignalStruct;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.mm.MmStruct;
import org.trampoline.kernel.sched.TaskStruct;

/**
 * Process 0, which nobody forks: INIT_TASK and its like (arch/i386/kernel/init_task.c,
 * include/linux/init_task.h). What a C compiler puts into the data section is written into the
 * loaded image before it starts.
 */
final class InitTask {
  private static final int DEFAULT_PRIO = TaskStruct.MAX_PRIO - 20;

  private InitTask() {}

  static void write(Kernel kernel) {
    KernelMemory memory = kernel.memory();
    int stack = kernel.symbol("init_thread_union");
    TaskStruct task = kernel.initTask();

    ThreadInfo info = new ThreadInfo(memory, stack);
    info.set(ThreadInfo.TASK, task.address());
    info.set(ThreadInfo.PREEMPT_COUNT, 1);
    info.set(ThreadInfo.ADDR_LIMIT, ThreadInfo.KERNEL_DS_LIMIT);

    task.set(TaskStruct.THREAD_INFO, stack);
    task.set(TaskStruct.USAGE, 2);
    task.set(TaskStruct.PRIO, DEFAULT_PRIO);
    task.set(TaskStruct.STATIC_PRIO, DEFAULT_PRIO);
    task.set(TaskStruct.CPUS_ALLOWED, -1);
    task.set(TaskStruct.TIME_SLICE, 1000); // Linux: HZ
    task.list(TaskStruct.RUN_LIST).init();
    task.list(TaskStruct.TASKS).init();
    task.set(TaskStruct.ACTIVE_MM, kernel.symbol("init_mm"));
    task.set(TaskStruct.REAL_PARENT, task.address());
    task.set(TaskStruct.PARENT, task.address());
    task.list(TaskStruct.CHILDREN).init();
    task.list(TaskStruct.SIBLING).init();
    task.set(TaskStruct.GROUP_LEADER, task.address());
    task.comm("swapper");
    task.set(TaskStruct.FS, kernel.symbol("init_fs"));
    task.set(TaskStruct.FILES, kernel.symbol("init_files"));
    task.set(TaskStruct.SIGNAL, kernel.symbol("init_signals"));
    task.set(TaskStruct.SIGHAND, kernel.symbol("init_sighand"));

    MmStruct mm = new MmStruct(memory, kernel.symbol("init_mm"));
    mm.set(MmStruct.PGD, kernel.symbol("swapper_pg_dir"));
    mm.set(MmStruct.MM_USERS, 2);
    mm.set(MmStruct.MM_COUNT, 1);

    FsStruct fs = new FsStruct(memory, kernel.symbol("init_fs"));
    fs.set(FsStruct.COUNT, 1);
    fs.set(FsStruct.UMASK, 0022);
    new FilesStruct(memory, kernel.symbol("init_files")).set(FilesStruct.COUNT, 1);
    new SighandStruct(memory, kernel.symbol("init_sighand")).set(SighandStruct.COUNT, 1);
    SignalStruct signal = new SignalStruct(memory, kernel.symbol("init_signals"));
    signal.set(SignalStruct.COUNT, 1);
    signal.list(SignalStruct.WAIT_CHLDEXIT).init();

    for (int cpu = 0; cpu < (kernel.isSmp() ? kernel.nrCpus() : 1); cpu++) {
      writeProcessor(kernel, cpu, stack + ThreadInfo.THREAD_SIZE);
    }
  }

  /** What each processor has of its own. */
  private static void writeProcessor(Kernel kernel, int cpu, int stackTop) {
    KernelMemory memory = kernel.memory();
    TssStruct tss =
        new TssStruct(memory, kernel.symbol("init_tss") + cpu * TssStruct.LAYOUT.size());
    tss.set(TssStruct.ESP0, stackTop);
    tss.set(TssStruct.SS0, Segments.KERNEL_DS);
    tss.set(TssStruct.TRACE_IO_BITMAP_BASE, TssStruct.INVALID_IO_BITMAP_OFFSET << 16);

    Pda pda = new Pda(memory, kernel.symbol("init_pda") + cpu * Pda.LAYOUT.size());
    pda.set(Pda.PDA, pda.address());
    pda.set(Pda.CPU_NUMBER, cpu);
    pda.set(Pda.PCURRENT, kernel.initTask().address());
  }
}
