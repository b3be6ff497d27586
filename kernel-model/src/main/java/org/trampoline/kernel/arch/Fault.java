package org.trampoline.kernel.arch;

import org.trampoline.emulator.fault.Vector;
import org.trampoline.kernel.Call;
import org.trampoline.kernel.HostFunctions;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.KernelEvent.FaultOutcome;
import org.trampoline.kernel.Signal;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.mm.MmStruct;
import org.trampoline.kernel.mm.UserPages;
import org.trampoline.kernel.sched.Signals;
import org.trampoline.kernel.sched.TaskStruct;

/**
 * Page faults (Linux: arch/i386/mm/fault.c, whose assembly half here is mm/fault.S). One for a page
 * that has still to come, or to come back, is served; any other is a SIGSEGV in user mode, and in
 * kernel mode the exception table decides between an error and an oops.
 */
public final class Fault {
  /** What is waited for if it is memory, and not a page. */
  public static final int NO_MEMORY = 1;

  private final Kernel kernel;
  private final Traps traps;
  private final Signals signals;

  /** The page faults of a kernel. */
  public Fault(Kernel kernel, Traps traps, Signals signals) {
    this.kernel = kernel;
    this.traps = traps;
    this.signals = signals;
  }

  /** Offers the functions that the guest calls. */
  public void link(HostFunctions functions) {
    functions.add("do_fault_once", this::once);
  }

  /**
   * One look of {@code do_page_fault(regs, error_code)}, with the address from CR2 in ecx: what the
   * thread is to exit with, if it cannot go on, in eax. In edx the page to wait for before the next
   * look, or {@link #NO_MEMORY}, or 0 if this was the last.
   */
  private void once(Call call) {
    int address = call.ecx();
    PtRegs regs = traps.regs(call);
    int errorCode = call.edx();
    TaskStruct task = kernel.current();
    UserPages.Outcome found = serve(task, address, errorCode);
    call.returns(0);
    call.returnsEdx(0);
    switch (found) {
      case DONE ->
          kernel.emit(
              new KernelEvent.PageFault(task, address, errorCode, regs.eip(), FaultOutcome.MAPPED));
      case LOCKED -> call.returnsEdx(kernel.paging().pages().locked());
      case NO_MEMORY -> {
        if (task.threadInfo().testFlag(ThreadInfo.TIF_MEMDIE)) { // there is not even a last page
          kernel.printk().print(4, "VM: killing process " + task.comm());
          call.returns(Signal.SIGKILL);
        } else {
          call.returnsEdx(NO_MEMORY);
        }
      }
      case BAD -> call.returns(badArea(task, regs, address, errorCode));
    }
  }

  private UserPages.Outcome serve(TaskStruct task, int address, int errorCode) {
    int mm = task.get(TaskStruct.MM);
    if (Integer.compareUnsigned(address, KernelMemory.PAGE_OFFSET) >= 0
        || mm == 0
        || task.threadInfo().get(ThreadInfo.PREEMPT_COUNT) != 0) {
      return UserPages.Outcome.BAD;
    }
    boolean write = (errorCode & 2) != 0;
    return kernel.paging().pages().fault(new MmStruct(kernel.memory(), mm), address, write);
  }

  /** {@code bad_area}: returns what the thread is to exit with, or 0. */
  private int badArea(TaskStruct task, PtRegs regs, int address, int errorCode) {
    int eip = regs.eip();
    FaultOutcome outcome;
    if (regs.userMode()) {
      ThreadStruct thread = task.thread();
      thread.set(ThreadStruct.CR2, address);
      // To a program every kernel address looks protected, mapped or not.
      boolean kernelAddress = Integer.compareUnsigned(address, KernelMemory.PAGE_OFFSET) >= 0;
      thread.set(ThreadStruct.ERROR_CODE, errorCode | (kernelAddress ? 1 : 0));
      thread.set(ThreadStruct.TRAP_NO, Vector.PF);
      signals.force(task, Signal.SIGSEGV);
      outcome = FaultOutcome.SIGNAL;
    } else {
      outcome = traps.fixup(regs) ? FaultOutcome.FIXUP : FaultOutcome.OOPS;
    }
    kernel.emit(new KernelEvent.PageFault(task, address, errorCode, eip, outcome));
    if (outcome == FaultOutcome.OOPS) {
      traps.oops().pageFault(address, eip);
      traps.oops().die("Oops", regs, errorCode);
    }
    return outcome == FaultOutcome.OOPS ? Signal.SIGSEGV : 0;
  }
}
