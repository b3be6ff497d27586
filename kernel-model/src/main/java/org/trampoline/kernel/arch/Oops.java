package org.trampoline.kernel.arch;

import org.trampoline.emulator.engine.Register;
import org.trampoline.kernel.Kallsyms;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelPanic;
import org.trampoline.kernel.KernelVersion;
import org.trampoline.kernel.layout.BadKernelAddress;
import org.trampoline.kernel.layout.Hex;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.sched.TaskStruct;

/**
 * What is said of a bug in the kernel (Linux: arch/i386/kernel/traps.c, die and show_registers).
 * Read as in Linux, from the stack that the bug has left: an answer may be wrong, never missing.
 */
final class Oops {
  // levels of the log
  private static final int EMERGENCY = 0;
  private static final int ALERT = 1;
  private static final int DEFAULT = 4;

  /** Words of the stack that are shown, in a line and in all. */
  private static final int WORDS_PER_LINE = 8;

  private static final int WORDS = 24;

  /** Bytes of code that are shown, and how many of them lie before eip. */
  private static final int CODE_BYTES = 64;

  private static final int CODE_BEFORE = 43;

  /** Most return addresses of a call trace: a stack full of them is not worth more. */
  private static final int TRACE_LIMIT = 64;

  private static final int UD2 = 0x0b0f;

  private final Kernel kernel;
  private final KernelMemory memory;
  private int count;

  Oops(Kernel kernel) {
    this.kernel = kernel;
    memory = kernel.memory();
  }

  /**
   * Sees to it that the thread can be named and ended. If the stack has grown into thread_info, or
   * something else has spoilt it, Linux would take for {@code current} what lies there now; the
   * model makes thread_info anew from the run queue's {@code curr}, and says so in the words of
   * later kernels.
   */
  void repairThreadInfo() {
    ThreadInfo info = kernel.currentThreadInfo();
    TaskStruct running = kernel.sched().running();
    if (info.get(ThreadInfo.TASK) == running.address()) {
      return;
    }
    if (info.address() != running.get(TaskStruct.THREAD_INFO)) {
      return; // on a stack of its own, or on nobody's: not to be repaired
    }
    memory.clear(info.address(), ThreadInfo.LAYOUT.size());
    info.set(ThreadInfo.TASK, running.address());
    info.set(ThreadInfo.CPU, kernel.engine().processor());
    info.set(ThreadInfo.ADDR_LIMIT, ThreadInfo.KERNEL_DS_LIMIT);
    print(ALERT, "Thread overran stack, or stack corrupted");
  }

  /** The first lines of an oops by a page fault (arch/i386/mm/fault.c). */
  void pageFault(int address, int eip) {
    boolean low = Integer.compareUnsigned(address, KernelMemory.PAGE_SIZE) < 0;
    String what = low ? "NULL pointer dereference" : "paging request";
    String unable =
        kernel.version() == KernelVersion.V2_6_11 ? "Unable" : "BUG: unable"; // to handle
    print(ALERT, unable + " to handle kernel " + what + " at virtual address " + Hex.word(address));
    print(ALERT, " printing eip:");
    print(DEFAULT, Hex.word(eip));
    int directory = KernelMemory.virtual(kernel.engine().get(Register.CR3) & -4096);
    String pde = word(directory + 4 * (address >>> 22));
    if (pde == null) {
      return;
    }
    print(ALERT, "*pde = " + pde);
    int entry = memory.read(directory + 4 * (address >>> 22));
    if ((entry & 1) != 0) {
      String pte = word(KernelMemory.virtual(entry & -4096) + 4 * (address >>> 12 & 0x3ff));
      if (pte != null) {
        print(ALERT, "*pte = " + pte);
      }
    }
  }

  /**
   * {@code die}, but for its end.
   *
   * @param description what the exception is
   * @throws KernelPanic if the kernel cannot go on without the thread
   */
  void die(String description, PtRegs regs, int errorCode) {
    bug(regs);
    print(EMERGENCY, description + ": " + Hex.digits(errorCode, 4) + " [#" + ++count + "]");
    registers(regs);
    if (kernel.inInterrupt()) {
      throw new KernelPanic("Fatal exception in interrupt");
    }
    TaskStruct task = kernel.current();
    if ((task.get(TaskStruct.FLAGS) & TaskStruct.PF_EXITING) != 0) {
      // There is no way to end it, and it would come here for ever.
      throw new KernelPanic("Fatal exception in do_exit");
    }
  }

  /** {@code handle_BUG}: a ud2 that is followed by a line number and the address of a file name. */
  private void bug(PtRegs regs) {
    int eip = regs.eip();
    try {
      if ((memory.read(eip) & 0xffff) != UD2) {
        return;
      }
      int line = memory.read(eip + 2) & 0xffff;
      String file = memory.readString(memory.read(eip + 4), 64);
      print(ALERT, "------------[ cut here ]------------");
      print(
          ALERT, "kernel BUG at " + (readable(file) ? file : "<bad filename>") + ":" + line + "!");
    } catch (BadKernelAddress e) {
      // not a BUG(): the bytes behind ud2 are no address
    }
  }

  private static boolean readable(String file) {
    return !file.isEmpty() && file.chars().allMatch(c -> c > ' ' && c < 127);
  }

  /** {@code show_registers}. */
  private void registers(PtRegs regs) {
    PtRegsLayout layout = regs.layout();
    int eip = regs.eip();
    int esp = regs.address() + layout.esp.offset(); // same privilege: nothing below was pushed
    Kallsyms symbols = kernel.kallsyms();
    print(DEFAULT, ("Modules linked in: " + String.join(" ", symbols.modules())).stripTrailing());
    print(DEFAULT, "CPU:    " + kernel.currentThreadInfo().get(ThreadInfo.CPU));
    String taint = symbols.tainted() ? "Tainted: P     " : "Not tainted";
    print(
        DEFAULT,
        "EIP:    " + Hex.digits(regs.cs(), 4) + ":[<" + Hex.word(eip) + ">]    " + taint + " VLI");
    print(
        DEFAULT, "EFLAGS: " + Hex.word(regs.eflags()) + "   (" + kernel.version().release() + ") ");
    print(DEFAULT, "EIP is at " + symbols.name(eip));
    print(
        DEFAULT, line("eax", regs.eax(), "ebx", regs.ebx(), "ecx", regs.ecx(), "edx", regs.edx()));
    print(
        DEFAULT,
        line(
            "esi",
            regs.get(layout.esi),
            "edi",
            regs.get(layout.edi),
            "ebp",
            regs.get(layout.ebp),
            "esp",
            esp));
    print(
        DEFAULT,
        "ds: "
            + Hex.digits(regs.get(layout.ds), 4)
            + "   es: "
            + Hex.digits(regs.get(layout.es), 4)
            + "   ss: "
            + Hex.digits(Segments.KERNEL_DS, 4));
    print(DEFAULT, process(kernel.current()));
    stack(esp);
    callTrace(esp);
    print(DEFAULT, "Code: " + code(eip));
  }

  private static String line(
      String a, int va, String b, int vb, String c, int vc, String d, int vd) {
    return a
        + ": "
        + Hex.word(va)
        + "   "
        + b
        + ": "
        + Hex.word(vb)
        + "   "
        + c
        + ": "
        + Hex.word(vc)
        + "   "
        + d
        + ": "
        + Hex.word(vd);
  }

  private String process(TaskStruct task) {
    String info = Hex.word(task.get(TaskStruct.THREAD_INFO));
    String at = Hex.word(task.address());
    String who = "Process " + task.comm() + " (pid: " + task.pid() + ", ";
    return kernel.version() == KernelVersion.V2_6_11
        ? who + "threadinfo=" + info + " task=" + at + ")"
        : who + "ti=" + info + " task=" + at + " task.ti=" + info + ")";
  }

  /** {@code show_stack}. */
  private void stack(int esp) {
    StringBuilder line = new StringBuilder("Stack: ");
    int end = end(esp);
    for (int i = 0; i < WORDS && esp + 4 * i != end; i++) {
      if (i > 0 && i % WORDS_PER_LINE == 0) {
        print(DEFAULT, line.toString());
        line.setLength(0);
        line.append("       ");
      }
      String word = word(esp + 4 * i);
      if (word == null) {
        break;
      }
      line.append(word).append(' ');
    }
    print(DEFAULT, line.toString());
  }

  /** {@code kstack_end}. */
  private static int end(int esp) {
    return (esp & -ThreadInfo.THREAD_SIZE) + ThreadInfo.THREAD_SIZE;
  }

  /** {@code show_trace} without frame pointers: every word that may be a return address. */
  private void callTrace(int esp) {
    print(DEFAULT, "Call Trace:");
    Kallsyms symbols = kernel.kallsyms();
    int end = end(esp);
    int found = 0;
    for (int at = esp & -4; at != end && found < TRACE_LIMIT; at += 4) {
      if (word(at) == null) {
        break;
      }
      int address = memory.read(at);
      if (symbols.isText(address)) {
        print(DEFAULT, " [<" + Hex.word(address) + ">] " + symbols.name(address));
        found++;
      }
    }
  }

  private String code(int eip) {
    StringBuilder code = new StringBuilder();
    for (int at = eip - CODE_BEFORE; at != eip - CODE_BEFORE + CODE_BYTES; at++) {
      int value;
      try {
        value = memory.readByte(at);
      } catch (BadKernelAddress e) {
        return code + " Bad EIP value.";
      }
      String digits = Hex.digits(value, 2);
      code.append(at == eip ? "<" + digits + "> " : digits + " ");
    }
    return code.toString();
  }

  private String word(int address) {
    try {
      return Hex.word(memory.read(address));
    } catch (BadKernelAddress e) {
      return null;
    }
  }

  private void print(int level, String line) {
    kernel.printk().print(level, line);
  }
}
