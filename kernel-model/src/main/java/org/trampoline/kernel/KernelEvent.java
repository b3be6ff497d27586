package org.trampoline.kernel;

import org.trampoline.kernel.arch.PtRegs;
import org.trampoline.kernel.sched.TaskStruct;

/**
 * Something that happened in the kernel. Trace, tests and command line all live on this stream.
 * Tasks are views of guest memory: to be read during the event, as they change afterwards.
 */
public sealed interface KernelEvent {
  /**
   * copy_thread has put together the frame with which a thread will start.
   *
   * @param child the new thread
   * @param regs its pt_regs, at the top of its kernel stack
   */
  record CopyThread(TaskStruct child, PtRegs regs) implements KernelEvent {}

  /**
   * do_fork has made a thread.
   *
   * @param parent who called it
   * @param flags CLONE_ bits and the exit signal
   */
  record Fork(TaskStruct parent, TaskStruct child, int flags) implements KernelEvent {}

  /** A thread became runnable. */
  record WakeUp(TaskStruct task) implements KernelEvent {}

  /**
   * The scheduler gives the processor to another thread.
   *
   * @param prevState TASK_ state of prev: 0 if it could go on
   */
  record Switch(TaskStruct prev, int prevState, TaskStruct next) implements KernelEvent {}

  /**
   * A thread without memory of its own goes on with its predecessor's; CR3 is left alone.
   *
   * @param activeMm address of the borrowed mm_struct
   */
  record LazyTlb(TaskStruct task, int activeMm) implements KernelEvent {}

  /**
   * A switch of address spaces.
   *
   * @param task whose address space it is
   * @param pageDirectory physical address, the new CR3
   */
  record LoadCr3(TaskStruct task, int pageDirectory) implements KernelEvent {}

  /** A thread runs for the first time: it is in ret_from_fork. */
  record FirstRun(TaskStruct task) implements KernelEvent {}

  /**
   * A process replaced its program.
   *
   * @param file its name
   */
  record Exec(TaskStruct task, String file) implements KernelEvent {}

  /**
   * do_exit was called.
   *
   * @param code its argument, in eax
   * @param onStack the word above the return address, where the trampoline has put it too
   */
  record Exit(TaskStruct task, int code, int onStack) implements KernelEvent {}

  /** A thread that has exited was waited for, or went without: its id is free again. */
  record Release(TaskStruct task) implements KernelEvent {}

  /** The last reference to a thread is gone, its stack and task_struct are freed. */
  record Free(int pid) implements KernelEvent {}

  /**
   * A page fault reached do_page_fault through the guest's IDT.
   *
   * @param address from CR2
   * @param errorCode as the processor pushed it
   * @param eip of the instruction that faulted
   * @param outcome what was done about it
   */
  record PageFault(TaskStruct task, int address, int errorCode, int eip, FaultOutcome outcome)
      implements KernelEvent {}

  /** Another exception reached its handler. */
  record Trap(TaskStruct task, int vector, int errorCode, int eip, FaultOutcome outcome)
      implements KernelEvent {}

  /** What becomes of the thread that an exception hit. */
  enum FaultOutcome {
    /** The exception table had a place to go on: the access fails with an error. */
    FIXUP,
    /** The page has come: from nowhere, with zeros, or from the swap area. */
    MAPPED,
    /** The process gets a signal. */
    SIGNAL,
    /** A bug in the kernel: the thread ends. */
    OOPS
  }

  /**
   * A line of the kernel's log.
   *
   * @param level 0 emergency … 7 debug
   */
  record Printk(int level, String text) implements KernelEvent {}

  /**
   * A task's time slice is over.
   *
   * @param slice the next one, in ticks
   * @param expired whether it goes to the expired array; if not it is interactive
   */
  record TimeSlice(TaskStruct task, int slice, boolean expired) implements KernelEvent {}

  /** A kernel thread, or a process in the kernel, is preempted on the way out of an interrupt. */
  record Preempt(TaskStruct task) implements KernelEvent {}

  /** A task got another nice value, policy or real-time priority. */
  record Priority(TaskStruct task) implements KernelEvent {}

  /** A task got another name. */
  record Comm(TaskStruct task) implements KernelEvent {}

  /**
   * A signal was sent to a task.
   *
   * @param blocked whether the task does not notice
   */
  record Signal(TaskStruct task, int signal, boolean blocked) implements KernelEvent {}

  /** A task gave up what it shared with its parents, and process 1 adopted it. */
  record Daemonize(TaskStruct task) implements KernelEvent {}

  /**
   * A softirq's function is about to be called.
   *
   * @param task on whose stack
   * @param number 0–31
   */
  record Softirq(TaskStruct task, int number) implements KernelEvent {}

  /**
   * Work was queued.
   *
   * @param function its address
   */
  record QueueWork(TaskStruct worker, int function) implements KernelEvent {}

  /** A worker is about to call the function of its next work. */
  record Work(TaskStruct worker, int function) implements KernelEvent {}

  /**
   * A request to the disk.
   *
   * @param task who runs; with {@code done} it is whom the disk interrupted
   * @param block first block, of 4096 bytes
   * @param count blocks
   * @param what queued, started, done
   */
  record Disk(TaskStruct task, boolean write, int block, int count, String what)
      implements KernelEvent {}

  /** A processor has come up: its idle thread is about to run. */
  record CpuUp(int cpu) implements KernelEvent {}

  /**
   * An interrupt was sent to other processors.
   *
   * @param task who runs on the sender
   * @param mask a bit for each processor
   */
  record Ipi(TaskStruct task, int mask, int vector) implements KernelEvent {}

  /** A task that does not run was given to another processor. */
  record Migrate(TaskStruct task, int from, int to) implements KernelEvent {}

  /**
   * A processor forgets translations because page tables were changed.
   *
   * @param task who runs on it
   * @param address of the page, or TlbFlush.FLUSH_ALL
   * @param remote whether another processor has asked for it
   */
  record TlbFlush(TaskStruct task, int address, boolean remote) implements KernelEvent {}

  /**
   * A processor leaves an address space that it had loaded lazily: CR3 is swapper_pg_dir now.
   *
   * @param task the kernel thread that runs on it
   * @param mm address of the mm_struct
   */
  record LeaveMm(TaskStruct task, int mm) implements KernelEvent {}

  /**
   * A page of a process is not mapped any more, and is to be written to the swap area.
   *
   * @param task whose it is
   * @param address user address
   * @param pfn the page's number
   * @param slot where in the swap area
   */
  record SwapOut(TaskStruct task, int address, int pfn, int slot) implements KernelEvent {}

  /**
   * A page of a process is mapped again.
   *
   * @param task whose it is
   * @param address user address
   * @param pfn the page's number
   * @param slot where in the swap area it was
   */
  record SwapIn(TaskStruct task, int address, int pfn, int slot) implements KernelEvent {}

  /**
   * kswapd begins to work, or goes to sleep.
   *
   * @param awake which of the two
   * @param free number of free pages
   */
  record Kswapd(boolean awake, int free) implements KernelEvent {}

  /** A process wrote to the console. */
  record Write(TaskStruct task, String text) implements KernelEvent {}

  /** The machine is switched off. */
  record PowerOff() implements KernelEvent {}

  /** The kernel stopped. */
  record Panic(String message) implements KernelEvent {}
}
