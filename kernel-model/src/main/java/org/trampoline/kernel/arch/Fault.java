package org.trampoline.kernel.arch;

import org.trampoline.emulator.engine.Register;
import org.trampoline.emulator.fault.Vector;
import org.trampoline.kernel.Call;
import org.trampoline.kernel.HostFunctions;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.KernelEvent.FaultOutcome;
import org.trampoline.kernel.Signal;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.sched.Signals;
import org.trampoline.kernel.sched.TaskStruct;

/**
 * Page faults (Linux: arch/i386/mm/fault.c). A program's pages are all mapped from the start, so no
 * fault is for a page that is still to come: in user mode it is a SIGSEGV, in kernel mode the
 * exception table decides between an error and an oops.
 */
public final class Fault {
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
    functions.add("do_page_fault", this::pageFault);
  }

  /**
   * {@code fastcall void do_page_fault(struct pt_regs *regs, unsigned long error_code)}; returns
   * what the thread is to exit with, if it cannot go on.
   */
  private void pageFault(Call call) {
    // Read before anything else can fault.
    int address = kernel.engine().get(Register.CR2);
    PtRegs regs = traps.regs(call);
    int errorCode = call.edx();
    int eip = regs.eip();
    TaskStruct task = kernel.current();
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
    call.returns(outcome == FaultOutcome.OOPS ? Signal.SIGSEGV : 0);
  }
}
