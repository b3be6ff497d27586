package org.trampoline.kernel.mm;

import org.trampoline.kernel.Call;
import org.trampoline.kernel.HostFunctions;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.ListHead;
import org.trampoline.kernel.sched.TaskStruct;
import org.trampoline.kernel.timer.Timers;

/** Who of pdflush's threads works, and how many there are (Linux: mm/pdflush.c). */
public final class Pdflush {
  private static final int MIN_PDFLUSH_THREADS = 2;
  private static final int MAX_PDFLUSH_THREADS = 8;

  private final Kernel kernel;
  private final KernelMemory memory;

  /** pdflush of a kernel. */
  public Pdflush(Kernel kernel) {
    this.kernel = kernel;
    memory = kernel.memory();
  }

  /** Offers the functions that the guest calls; all fastcall. */
  public void link(HostFunctions functions) {
    functions.add("pdflush_operation", this::operation);
    functions.add("pdflush_sleep", this::sleep);
    functions.add("pdflush_decide", this::decide);
  }

  private ListHead list() {
    return ListHead.at(memory, kernel.symbol("pdflush_list"));
  }

  private PdflushWork first(int node) {
    return new PdflushWork(memory, node - PdflushWork.LIST.offset());
  }

  private int now() {
    return kernel.timers().jiffies();
  }

  /** {@code pdflush_operation(fn, arg0)}: 0, or -1 if all threads are busy. */
  private void operation(Call call) {
    ListHead list = list();
    if (list.isEmpty()) {
      call.returns(-1);
      return;
    }
    PdflushWork work = first(list.next());
    work.list(PdflushWork.LIST).remove();
    work.set(PdflushWork.FN, call.eax());
    work.set(PdflushWork.ARG0, call.edx());
    if (list.isEmpty()) {
      memory.write(kernel.symbol("last_empty_jifs"), now());
    }
    kernel.sched().wakeUpProcess(new TaskStruct(memory, work.get(PdflushWork.WHO)));
    call.returns(0);
  }

  /** A thread has nothing to do: into the list, first, and into TASK_INTERRUPTIBLE. */
  private void sleep(Call call) {
    PdflushWork work = new PdflushWork(memory, call.eax());
    work.set(PdflushWork.FN, 0);
    work.list(PdflushWork.LIST).init();
    list().add(work.list(PdflushWork.LIST));
    work.set(PdflushWork.WHEN, now());
    kernel.current().set(TaskStruct.STATE, TaskStruct.TASK_INTERRUPTIBLE);
  }

  /**
   * After its work a thread decides: 1 to start another one, as there has been none idle for a
   * second; 2 to exit, as the one that is idle for longest has been so for a second; or 0.
   */
  private void decide(Call call) {
    int threads = memory.read(kernel.symbol("nr_pdflush_threads"));
    ListHead list = list();
    int decision = 0;
    if (list.isEmpty()) {
      int since = now() - memory.read(kernel.symbol("last_empty_jifs"));
      if (since > Timers.HZ && threads < MAX_PDFLUSH_THREADS) {
        decision = 1;
      }
    } else if (threads > MIN_PDFLUSH_THREADS
        && now() - first(list.prev()).get(PdflushWork.WHEN) > Timers.HZ) {
      decision = 2;
    }
    call.returns(decision);
  }
}
