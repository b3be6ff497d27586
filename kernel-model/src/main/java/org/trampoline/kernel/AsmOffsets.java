package org.trampoline.kernel;

import org.trampoline.emulator.cpu.Control;
import org.trampoline.kernel.arch.Pda;
import org.trampoline.kernel.arch.Segments;
import org.trampoline.kernel.arch.ThreadInfo;
import org.trampoline.kernel.arch.TssStruct;
import org.trampoline.kernel.fork.CloneFlags;
import org.trampoline.kernel.fork.FilesStruct;
import org.trampoline.kernel.fork.FsStruct;
import org.trampoline.kernel.fork.SighandStruct;
import org.trampoline.kernel.fork.SignalStruct;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.mm.MmState;
import org.trampoline.kernel.mm.MmStruct;
import org.trampoline.kernel.mm.PageTables;
import org.trampoline.kernel.sched.RunQueue;
import org.trampoline.kernel.sched.TaskStruct;
import org.trampoline.kernel.sched.WaitQueue;

/**
 * Tells the assembler what Java has declared: offsets in structures and constants, as {@code
 * asm-offsets.h} (Linux: arch/i386/kernel/asm-offsets.c).
 */
final class AsmOffsets {
  private final StringBuilder source = new StringBuilder(8192);

  private AsmOffsets(KernelVersion version) {
    structures(version);
    segments(version);
    memory();
    tasks();
  }

  /** The source for a version of the kernel. */
  static String source(KernelVersion version) {
    return new AsmOffsets(version).source.toString();
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
  }

  private void segments(KernelVersion version) {
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
    set("SYSCALL_VECTOR", Segments.SYSCALL_VECTOR);
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
    set("PAGE_KERNEL", PageTables.PAGE_KERNEL);
    set("INIT_MAP_BEYOND_END", 128 << 10);
    set("MAX_LOWMEM", BootLoader.MAX_LOWMEM);
    set("KERNEL_PHYSICAL", KernelMemory.physical(BootLoader.KERNEL_ADDRESS));
    set("SETUPSEG", BootLoader.SETUPSEG);
    set("ALT_MEM_K", BootLoader.ALT_MEM_K);
  }

  private void tasks() {
    set("THREAD_SIZE", ThreadInfo.THREAD_SIZE);
    set("PID_MAX", BootLoader.PID_MAX);
    set("TASK_INTERRUPTIBLE", TaskStruct.TASK_INTERRUPTIBLE);
    set("TASK_UNINTERRUPTIBLE", TaskStruct.TASK_UNINTERRUPTIBLE);
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
    set("CLONE_KERNEL", CloneFlags.CLONE_KERNEL);
    set("SIGCHLD", Signal.SIGCHLD);
    set("SIGKILL", Signal.SIGKILL);
    set("SIGSEGV", Signal.SIGSEGV);
    set("ENOSYS", Errno.ENOSYS);
    set("EFAULT", Errno.EFAULT);
    set("ECHILD", Errno.ECHILD);
    set("__WALL", CloneFlags.WALL);
    set("__NR_exit", 1);
    set("__NR_execve", 11);
    set("__NR_getpid", 20);
  }

  private void set(String name, int value) {
    source.append(".set ").append(name).append(", 0x").append(Integer.toHexString(value));
    source.append('\n');
  }
}
