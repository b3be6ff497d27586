package org.trampoline.kernel;

import org.trampoline.emulator.cpu.Control;
import org.trampoline.kernel.arch.Fault;
import org.trampoline.kernel.arch.Pda;
import org.trampoline.kernel.arch.PreemptCount;
import org.trampoline.kernel.arch.Segments;
import org.trampoline.kernel.arch.ThreadInfo;
import org.trampoline.kernel.arch.TssStruct;
import org.trampoline.kernel.block.RequestQueue;
import org.trampoline.kernel.fork.CloneFlags;
import org.trampoline.kernel.fork.FilesStruct;
import org.trampoline.kernel.fork.FsStruct;
import org.trampoline.kernel.fork.SighandStruct;
import org.trampoline.kernel.fork.SignalStruct;
import org.trampoline.kernel.kthread.KthreadCreateInfo;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.mm.MmState;
import org.trampoline.kernel.mm.MmStruct;
import org.trampoline.kernel.mm.Page;
import org.trampoline.kernel.mm.PageTables;
import org.trampoline.kernel.mm.PdflushWork;
import org.trampoline.kernel.mm.ScanControl;
import org.trampoline.kernel.mm.SwapArea;
import org.trampoline.kernel.mm.SwapInfo;
import org.trampoline.kernel.mm.Zone;
import org.trampoline.kernel.module.ModuleStruct;
import org.trampoline.kernel.sched.Completion;
import org.trampoline.kernel.sched.MigrationReq;
import org.trampoline.kernel.sched.RunQueue;
import org.trampoline.kernel.sched.Semaphore;
import org.trampoline.kernel.sched.TaskStruct;
import org.trampoline.kernel.sched.WaitQueue;
import org.trampoline.kernel.smp.Smp;
import org.trampoline.kernel.smp.TlbFlush;
import org.trampoline.kernel.smp.TlbState;
import org.trampoline.kernel.softirq.Softirqs;
import org.trampoline.kernel.softirq.Tasklet;
import org.trampoline.kernel.timer.TimerBase;
import org.trampoline.kernel.timer.TimerList;
import org.trampoline.kernel.timer.Timers;
import org.trampoline.kernel.workqueue.CpuWorkqueue;
import org.trampoline.kernel.workqueue.WorkStruct;
import org.trampoline.kernel.workqueue.WorkqueueStruct;

/**
 * Tells the assembler what Java has declared: offsets in structures and constants, as {@code
 * asm-offsets.h} (Linux: arch/i386/kernel/asm-offsets.c).
 */
final class AsmOffsets {
  private final StringBuilder source = new StringBuilder(8192);

  private AsmOffsets(KernelVersion version, boolean preempt, boolean smp) {
    set("CONFIG_PREEMPT", preempt ? 1 : 0);
    set("CONFIG_SMP", smp ? 1 : 0);
    structures(version);
    segments(version);
    memory();
    tasks(smp);
  }

  /** The source for a version of the kernel. */
  static String source(KernelVersion version, boolean preempt, boolean smp) {
    return new AsmOffsets(version, preempt, smp).source.toString();
  }

  private void structures(KernelVersion version) {
    version.ptRegs().layout().export(source);
    ThreadInfo.LAYOUT.export(source);
    TaskStruct.LAYOUT.export(source);
    TssStruct.LAYOUT.export(source);
    Pda.LAYOUT.export(source);
    MmStruct.LAYOUT.export(source);
    MmState.LAYOUT.export(source);
    FsStruct.LAYOUT.export(source);
    FilesStruct.LAYOUT.export(source);
    SignalStruct.LAYOUT.export(source);
    SighandStruct.LAYOUT.export(source);
    RunQueue.LAYOUT.export(source);
    WaitQueue.LAYOUT.export(source);
    ModuleStruct.LAYOUT.export(source);
    Completion.LAYOUT.export(source);
    Semaphore.LAYOUT.export(source);
    TimerList.LAYOUT.export(source);
    TimerBase.LAYOUT.export(source);
    Tasklet.LAYOUT.export(source);
    KthreadCreateInfo.LAYOUT.export(source);
    WorkStruct.LAYOUT.export(source);
    CpuWorkqueue.LAYOUT.export(source);
    WorkqueueStruct.LAYOUT.export(source);
    RequestQueue.LAYOUT.export(source);
    Page.LAYOUT.export(source);
    Zone.LAYOUT.export(source);
    ScanControl.LAYOUT.export(source);
    SwapInfo.LAYOUT.export(source);
    PdflushWork.LAYOUT.export(source);
    MigrationReq.LAYOUT.export(source);
    TlbState.LAYOUT.export(source);
  }

  private void segments(KernelVersion version) {
    set("LINUX_VERSION_CODE", version.code());
    set("PT_HAS_GS", version.gsInPtRegs() ? 1 : 0);
    set("__BOOT_CS", Segments.BOOT_CS);
    set("__BOOT_DS", Segments.BOOT_DS);
    set("__KERNEL_CS", Segments.KERNEL_CS);
    set("__KERNEL_DS", Segments.KERNEL_DS);
    set("__USER_CS", Segments.USER_CS);
    set("__USER_DS", Segments.USER_DS);
    set("__KERNEL_PDA", Segments.KERNEL_PDA);
    set("GDT_ENTRIES", Segments.GDT_ENTRIES);
    set("GDT_ENTRY_TLS_MIN", Segments.GDT_ENTRY_TLS_MIN);
    set("GDT_ENTRY_TSS", Segments.GDT_ENTRY_TSS);
    set("GDT_ENTRY_PDA", Segments.GDT_ENTRY_PDA);
    set("GDT_ENTRY_DOUBLEFAULT_TSS", Segments.GDT_ENTRY_DOUBLEFAULT_TSS);
    set("__TSS_LIMIT", TssStruct.LIMIT);
    set("INVALID_IO_BITMAP_OFFSET", TssStruct.INVALID_IO_BITMAP_OFFSET);
    set("INVALID_IO_BITMAP_OFFSET_LAZY", TssStruct.INVALID_IO_BITMAP_OFFSET_LAZY);
    set("X86_EFLAGS_SF", Segments.X86_EFLAGS_SF);
    set("X86_EFLAGS_VM", Segments.X86_EFLAGS_VM);
    set("X86_EFLAGS_IF", Segments.X86_EFLAGS_IF);
    set("SYSCALL_VECTOR", Segments.SYSCALL_VECTOR);
    set("FIRST_EXTERNAL_VECTOR", 0x20);
    set("NR_IRQS", 16);
    set("IRQACTION_handler", 0);
    set("IRQACTION_dev_id", 4);
    set("IRQACTION_next", 8);
  }

  private void memory() {
    set("CR0_PE", Control.CR0_PE);
    set("CR0_MP", Control.CR0_MP);
    set("CR0_TS", Control.CR0_TS);
    set("CR0_ET", Control.CR0_ET);
    set("CR0_NE", Control.CR0_NE);
    set("CR0_WP", Control.CR0_WP);
    set("CR0_PG", Control.CR0_PG);
    set("__PAGE_OFFSET", KernelMemory.PAGE_OFFSET);
    set("PAGE_OFFSET_PDE", KernelMemory.PAGE_OFFSET >>> 20);
    set("PAGE_SIZE", KernelMemory.PAGE_SIZE);
    set("PTRS_PER_PTE", PageTables.PTRS_PER_PTE);
    set("PAGE_TABLE_ATTR", PageTables.TABLE);
    set("SWAP_FIRST_BLOCK", SwapArea.FIRST_BLOCK);
    set("PG_LOCKED", Page.PG_LOCKED);
    set("FAULT_NO_MEMORY", Fault.NO_MEMORY);
    set("PAGE_KERNEL", PageTables.PAGE_KERNEL);
    set("INIT_MAP_BEYOND_END", 128 << 10);
    set("MAX_LOWMEM", BootLoader.MAX_LOWMEM);
    set("KERNEL_PHYSICAL", KernelMemory.physical(BootLoader.KERNEL_ADDRESS));
    set("SETUPSEG", BootLoader.SETUPSEG);
    set("ALT_MEM_K", BootLoader.ALT_MEM_K);
  }

  private void tasks(boolean smp) {
    set("NR_CPUS", Vmlinux.nrCpus(smp));
    set("HZ", Timers.HZ);
    set("INITIAL_JIFFIES", Timers.INITIAL_JIFFIES);
    set("MAX_SCHEDULE_TIMEOUT", Integer.MAX_VALUE);
    set("PREEMPT_ACTIVE", PreemptCount.PREEMPT_ACTIVE);
    set("PREEMPT_MASK", PreemptCount.PREEMPT_MASK);
    set("SOFTIRQ_OFFSET", PreemptCount.SOFTIRQ_OFFSET);
    set("SOFTIRQ_MASK", PreemptCount.SOFTIRQ_MASK);
    set("HARDIRQ_OFFSET", PreemptCount.HARDIRQ_OFFSET);
    set("HARDIRQ_MASK", PreemptCount.HARDIRQ_MASK);
    set("TIMER_SOFTIRQ", Softirqs.TIMER_SOFTIRQ);
    set("TASKLET_SOFTIRQ", Softirqs.TASKLET_SOFTIRQ);
    set("TASKLET_STATE_RUN", Tasklet.TASKLET_STATE_RUN);
    set("RESCHEDULE_VECTOR", Smp.RESCHEDULE_VECTOR);
    set("INVALIDATE_TLB_VECTOR", Smp.INVALIDATE_TLB_VECTOR);
    set("CALL_FUNCTION_VECTOR", Smp.CALL_FUNCTION_VECTOR);
    set("LOCAL_TIMER_VECTOR", Smp.LOCAL_TIMER_VECTOR);
    set("ERROR_APIC_VECTOR", 0xfe);
    set("SPURIOUS_APIC_VECTOR", 0xff);
    set("FLUSH_ALL", TlbFlush.FLUSH_ALL);
    set("THREAD_SIZE", ThreadInfo.THREAD_SIZE);
    set("PID_MAX", BootLoader.PID_MAX);
    set("TASK_INTERRUPTIBLE", TaskStruct.TASK_INTERRUPTIBLE);
    set("TASK_UNINTERRUPTIBLE", TaskStruct.TASK_UNINTERRUPTIBLE);
    set("TASK_RUNNING", TaskStruct.TASK_RUNNING);
    set("PF_NOFREEZE", TaskStruct.PF_NOFREEZE);
    set("PF_MEMALLOC", TaskStruct.PF_MEMALLOC);
    set("PF_FLUSHER", TaskStruct.PF_FLUSHER);
    set("PF_KSWAPD", TaskStruct.PF_KSWAPD);
    set("SCHED_NORMAL", TaskStruct.SCHED_NORMAL);
    set("SCHED_FIFO", TaskStruct.SCHED_FIFO);
    set("SCHED_RR", TaskStruct.SCHED_RR);
    set("PF_USED_MATH", TaskStruct.PF_USED_MATH);
    set("TS_USEDFPU", ThreadInfo.TS_USEDFPU);
    set("_TIF_SIGPENDING", 1 << ThreadInfo.TIF_SIGPENDING);
    set("_TIF_NEED_RESCHED", 1 << ThreadInfo.TIF_NEED_RESCHED);
    set("_TIF_WORK_MASK", ThreadInfo.TIF_WORK_MASK);
    set("_TIF_ALLWORK_MASK", ThreadInfo.TIF_ALLWORK_MASK);
    set("CLONE_VM", CloneFlags.CLONE_VM);
    set("CLONE_FS", CloneFlags.CLONE_FS);
    set("CLONE_FILES", CloneFlags.CLONE_FILES);
    set("CLONE_SIGHAND", CloneFlags.CLONE_SIGHAND);
    set("CLONE_THREAD", CloneFlags.CLONE_THREAD);
    set("CLONE_KERNEL", CloneFlags.CLONE_KERNEL);
    set("SIGHUP", Signal.SIGHUP);
    set("SIGINT", Signal.SIGINT);
    set("SIGKILL", Signal.SIGKILL);
    set("SIGUSR1", Signal.SIGUSR1);
    set("SIGSEGV", Signal.SIGSEGV);
    set("SIGTERM", Signal.SIGTERM);
    set("SIGCHLD", Signal.SIGCHLD);
    set("SIGCONT", Signal.SIGCONT);
    set("SIGSTOP", Signal.SIGSTOP);
    set("EINTR", Errno.EINTR);
    set("EIO", Errno.EIO);
    set("ECHILD", Errno.ECHILD);
    set("EAGAIN", Errno.EAGAIN);
    set("ENOMEM", Errno.ENOMEM);
    set("EFAULT", Errno.EFAULT);
    set("EINVAL", Errno.EINVAL);
    set("ENOSYS", Errno.ENOSYS);
    set("__WALL", CloneFlags.WALL);
    set("__NR_exit", 1);
    set("__NR_fork", 2);
    set("__NR_write", 4);
    set("__NR_waitpid", 7);
    set("__NR_execve", 11);
    set("__NR_getpid", 20);
    set("__NR_pause", 29);
    set("__NR_nice", 34);
    set("__NR_kill", 37);
    set("__NR_brk", 45);
    set("__NR_signal", 48);
    set("__NR_getppid", 64);
    set("__NR_swapon", 87);
    set("__NR_reboot", 88);
    set("__NR_munmap", 91);
    set("__NR_wait4", 114);
    set("__NR_clone", 120);
    set("__NR_sched_yield", 158);
    set("__NR_nanosleep", 162);
    set("__NR_sched_setaffinity", 241);
  }

  private void set(String name, int value) {
    source.append(".set ").append(name).append(", 0x").append(Integer.toHexString(value));
    source.append('\n');
  }
}
