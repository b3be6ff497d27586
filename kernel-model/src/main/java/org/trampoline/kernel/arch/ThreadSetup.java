package org.trampoline.kernel.arch;

import org.trampoline.emulator.engine.Register;
import org.trampoline.kernel.Call;
import org.trampoline.kernel.HostFunctions;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.fork.CloneFlags;
import org.trampoline.kernel.fork.Fork;
import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.sched.TaskStruct;

/**
 * Threads as the processor sees them: kernel_thread and copy_thread, the two halves of how a kernel
 * thread gets its function and argument (Linux: arch/i386/kernel/process.c).
 */
public final class ThreadSetup {
  /** Flags that a kernel thread starts with: interrupts on; SF and PF are of no consequence. */
  private static final int KERNEL_THREAD_EFLAGS =
      Segments.X86_EFLAGS_IF | Segments.X86_EFLAGS_SF | Segments.X86_EFLAGS_PF | 0x2;

  private final Kernel kernel;
  private final KernelMemory memory;
  private final PtRegsLayout layout;

  /** The threads of a kernel. */
  public ThreadSetup(Kernel kernel) {
    this.kernel = kernel;
    memory = kernel.memory();
    layout = kernel.version().ptRegs();
  }

  /** Offers the functions that the guest calls. */
  public void link(HostFunctions functions, Fork fork) {
    functions.add("kernel_thread", call -> kernelThread(call, fork));
  }

  /**
   * {@code int kernel_thread(int (*fn)(void *), void *arg, unsigned long flags)}: makes registers
   * up that will take a thread through kernel_thread_helper to {@code fn(arg)}, and forks with
   * them.
   */
  private void kernelThread(Call call, Fork fork) {
    // A local variable of this function: just below its stack pointer.
    PtRegs regs = new PtRegs(memory, call.esp() - layout.size(), layout);
    memory.clear(regs.address(), layout.size());
    regs.set(layout.ebx, call.argument(0));
    regs.set(layout.edx, call.argument(1));
    regs.set(layout.ds, Segments.USER_DS);
    regs.set(layout.es, Segments.USER_DS);
    if (layout.gs != null) {
      regs.set(layout.gs, Segments.KERNEL_PDA);
    }
    regs.set(layout.origEax, -1);
    regs.set(layout.eip, kernel.symbol("kernel_thread_helper"));
    regs.set(layout.cs, Segments.KERNEL_CS);
    regs.set(layout.eflags, KERNEL_THREAD_EFLAGS);
    int flags = call.argument(2) | CloneFlags.CLONE_VM | CloneFlags.CLONE_UNTRACED;
    call.returns(fork.doFork(flags, 0, regs));
  }

  /**
   * {@code copy_thread}: puts the registers at the top of the new thread's stack, as if it had
   * entered the kernel with them, and has it begin on the way out, in ret_from_fork.
   *
   * @param stackStart its user stack pointer; 0 for a kernel thread, which has none
   */
  public void copyThread(TaskStruct child, int stackStart, PtRegs regs) {
    int top = child.get(TaskStruct.THREAD_INFO) + ThreadInfo.THREAD_SIZE;
    int address = top - kernel.version().stackReserve() - layout.size();
    memory.copy(regs.address(), address, layout.size());
    PtRegs childRegs = new PtRegs(memory, address, layout);
    childRegs.set(layout.eax, 0);
    childRegs.set(layout.esp, stackStart);

    ThreadStruct thread = child.thread();
    thread.set(ThreadStruct.ESP, address);
    thread.set(ThreadStruct.ESP0, address + layout.size());
    thread.set(ThreadStruct.EIP, kernel.symbol("ret_from_fork"));
    thread.set(ThreadStruct.FS, kernel.engine().get(Register.FS));
    if (layout.gs == null) {
      thread.set(ThreadStruct.GS, kernel.engine().get(Register.GS));
    }
    thread.set(ThreadStruct.IO_BITMAP_PTR, 0);
    kernel.emit(new KernelEvent.CopyThread(child, childRegs));
  }

  /** {@code start_thread}: has a system call return to the beginning of a program in ring 3. */
  public void startThread(PtRegs regs, int eip, int esp) {
    for (Field<PtRegs> field : layout.fields()) {
      regs.set(field, 0);
    }
    regs.set(layout.origEax, -1);
    regs.set(layout.ds, Segments.USER_DS);
    regs.set(layout.es, Segments.USER_DS);
    regs.set(layout.eip, eip);
    regs.set(layout.cs, Segments.USER_CS);
    regs.set(layout.eflags, Segments.X86_EFLAGS_IF | 0x2);
    regs.set(layout.esp, esp);
    regs.set(layout.ss, Segments.USER_DS);
  }

  /** The registers with which a system call or exception has entered the kernel. */
  public PtRegs regs(int address) {
    return new PtRegs(memory, address, layout);
  }
}
