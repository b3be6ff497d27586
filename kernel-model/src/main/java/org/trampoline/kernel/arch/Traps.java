package org.trampoline.kernel.arch;

import org.trampoline.emulator.fault.Vector;
import org.trampoline.kernel.Call;
import org.trampoline.kernel.HostFunctions;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.KernelEvent.FaultOutcome;
import org.trampoline.kernel.KernelPanic;
import org.trampoline.kernel.Signal;
import org.trampoline.kernel.layout.Hex;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.sched.Signals;
import org.trampoline.kernel.sched.TaskStruct;

/**
 * Exceptions other than page faults (Linux: arch/i386/kernel/traps.c). A process gets a signal; in
 * the kernel the exception table may know a way out, and if it does not, the thread ends with an
 * oops.
 */
public final class Traps {
  private final Kernel kernel;
  private final KernelMemory memory;
  private final Signals signals;
  private final Oops oops;

  /** The exceptions of a kernel. */
  public Traps(Kernel kernel, Signals signals) {
    this.kernel = kernel;
    memory = kernel.memory();
    this.signals = signals;
    oops = new Oops(kernel);
  }

  /** Offers the functions that the guest calls. */
  public void link(HostFunctions functions) {
    add(functions, "do_divide_error", Vector.DE, Signal.SIGFPE, "divide error");
    add(functions, "do_debug", Vector.DB, Signal.SIGTRAP, "debug");
    add(functions, "do_nmi", Vector.NMI, 0, "NMI");
    add(functions, "do_int3", Vector.BP, Signal.SIGTRAP, "int3");
    add(functions, "do_overflow", Vector.OF, Signal.SIGSEGV, "overflow");
    add(functions, "do_bounds", Vector.BR, Signal.SIGSEGV, "bounds");
    add(functions, "do_invalid_op", Vector.UD, Signal.SIGILL, "invalid operand");
    add(
        functions,
        "do_coprocessor_segment_overrun",
        9,
        Signal.SIGFPE,
        "coprocessor segment overrun");
    add(functions, "do_invalid_TSS", Vector.TS, Signal.SIGSEGV, "invalid TSS");
    add(functions, "do_segment_not_present", Vector.NP, Signal.SIGBUS, "segment not present");
    add(functions, "do_stack_segment", Vector.SS, Signal.SIGBUS, "stack segment");
    add(functions, "do_general_protection", Vector.GP, Signal.SIGSEGV, "general protection fault");
    add(functions, "do_spurious_interrupt_bug", 15, 0, "spurious interrupt");
    add(functions, "do_coprocessor_error", Vector.MF, Signal.SIGFPE, "coprocessor error");
    add(functions, "do_alignment_check", Vector.AC, Signal.SIGBUS, "alignment check");
    add(functions, "do_machine_check", Vector.MC, 0, "machine check");
    add(functions, "do_simd_coprocessor_error", Vector.XM, Signal.SIGFPE, "simd error");
    functions.add(
        "do_double_fault",
        call -> {
          throw new KernelPanic("double fault");
        });
  }

  /** A signal of 0 means that the exception is only reported. */
  private void add(
      HostFunctions functions, String symbol, int vector, int signal, String description) {
    functions.add(symbol, call -> trap(call, vector, signal, description));
  }

  /** {@code do_trap}. */
  private void trap(Call call, int vector, int signal, String description) {
    PtRegs regs = regs(call);
    int errorCode = call.edx();
    TaskStruct task = kernel.current();
    int eip = regs.eip();
    FaultOutcome outcome;
    if (signal == 0) {
      kernel.printk().print(0, description + " at " + Hex.word(eip));
      outcome = FaultOutcome.FIXUP;
    } else if (regs.userMode()) {
      task.thread().set(ThreadStruct.TRAP_NO, vector);
      task.thread().set(ThreadStruct.ERROR_CODE, errorCode);
      signals.force(task, signal);
      outcome = FaultOutcome.SIGNAL;
    } else {
      outcome = fixup(regs) ? FaultOutcome.FIXUP : FaultOutcome.OOPS;
    }
    kernel.emit(new KernelEvent.Trap(task, vector, errorCode, eip, outcome));
    if (outcome == FaultOutcome.OOPS) {
      oops.die(description, regs, errorCode);
    }
    call.returns(outcome == FaultOutcome.OOPS ? Signal.SIGSEGV : 0);
  }

  /**
   * {@code fixup_exception} (arch/i386/mm/extable.c): if the instruction was expected to fault, has
   * the thread go on where the exception table says.
   */
  boolean fixup(PtRegs regs) {
    int end = kernel.symbol("__stop___ex_table");
    int eip = regs.eip();
    for (int entry = kernel.symbol("__start___ex_table"); entry < end; entry += 8) {
      if (memory.read(entry) == eip) {
        regs.eip(memory.read(entry + 4));
        return true;
      }
    }
    return false;
  }

  /**
   * What the Java half of a function came upon a bad address in is the function, and not the
   * instruction that stands for it: see {@link Kernel#badAccess}.
   */
  PtRegs regs(Call call) {
    PtRegs regs = new PtRegs(memory, call.eax(), kernel.version().ptRegs());
    int from = kernel.symbol("bad_access");
    if (regs.eip() >= from && regs.eip() < kernel.symbol("bad_access_end")) {
      regs.eip(regs.edx());
    }
    if (!regs.userMode()) {
      oops.repairThreadInfo();
    }
    return regs;
  }

  /** What is said of a bug. */
  Oops oops() {
    return oops;
  }
}
