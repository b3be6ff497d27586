package org.trampoline.kernel.timer;

import org.trampoline.kernel.Call;
import org.trampoline.kernel.HostFunctions;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.arch.PtRegs;
import org.trampoline.kernel.arch.ThreadInfo;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.ListHead;
import org.trampoline.kernel.sched.TaskStruct;
import org.trampoline.kernel.softirq.Softirqs;

/**
 * Jiffies and timers (Linux: kernel/timer.c). Their functions are called from the timer softirq, in
 * kernel/timer.S.
 */
public final class Timers {
  /** Ticks in a second. */
  public static final int HZ = 1000;

  /** {@code INITIAL_JIFFIES}: jiffies wrap five minutes after boot, to find who forgot that. */
  public static final int INITIAL_JIFFIES = -300 * HZ;

  private static final int TURNS_AT_ONCE = 1024;

  private final Kernel kernel;
  private final KernelMemory memory;
  private final int jiffies;

  /** The timers of a kernel. */
  public Timers(Kernel kernel) {
    this.kernel = kernel;
    memory = kernel.memory();
    jiffies = kernel.symbol("jiffies");
  }

  /** Offers the functions that the guest calls; all fastcall. */
  public void link(HostFunctions functions) {
    functions.add("init_timers", call -> init());
    functions.add("init_timer", call -> timer(call.eax()).set(TimerList.BASE, 0));
    functions.add("add_timer", call -> add(timer(call.eax())));
    functions.add("mod_timer", call -> call.returns(modify(timer(call.eax()), call.edx())));
    functions.add("del_timer", call -> call.returns(delete(timer(call.eax()))));
    functions.add("turn_timer_wheel", call -> call.returns(turn() ? 1 : 0));
    functions.add("next_expired_timer", this::nextExpired);
    functions.add("start_timeout", this::startTimeout);
    functions.add(
        "process_timeout",
        call -> kernel.sched().wakeUpProcess(new TaskStruct(memory, call.eax())));
    functions.add("timer_interrupt", this::timerInterrupt);
    if (kernel.isSmp()) {
      functions.add(
          "smp_local_timer_interrupt", call -> updateProcessTimes(regs(call.eax()).userMode()));
      functions.add("try_to_del_timer_sync", this::deleteSync);
    }
  }

  /** Ticks since boot, from {@link #INITIAL_JIFFIES} on. */
  public int jiffies() {
    return memory.read(jiffies);
  }

  private TimerList timer(int address) {
    return new TimerList(memory, address);
  }

  private TimerBase base() {
    return base(kernel.currentThreadInfo().get(ThreadInfo.CPU));
  }

  private TimerBase base(int cpu) {
    return new TimerBase(memory, kernel.symbol("tvec_bases") + cpu * TimerBase.LAYOUT.size());
  }

  private void init() {
    for (int cpu = 0; cpu < kernel.nrCpus(); cpu++) {
      base(cpu).init(jiffies());
    }
  }

  /** {@code add_timer}: its fields are filled in, and it is not pending. */
  public void add(TimerList timer) {
    base().add(timer);
  }

  /** {@code mod_timer}: 1 if it was pending. */
  public int modify(TimerList timer, int expires) {
    int pending = delete(timer);
    timer.set(TimerList.EXPIRES, expires);
    add(timer);
    return pending;
  }

  /** {@code del_timer}: 1 if it was pending. */
  public int delete(TimerList timer) {
    if (timer.get(TimerList.BASE) == 0) {
      return 0;
    }
    timer.list(TimerList.ENTRY).remove();
    timer.set(TimerList.BASE, 0);
    return 1;
  }

  /**
   * Jiffy by jiffy to where something has expired, or to now; but not too far at once, as the guest
   * may have changed jiffies. Returns whether there is more to do.
   */
  private boolean turn() {
    TimerBase base = base();
    ListHead expired = base.list(TimerBase.EXPIRED);
    for (int i = 0; i < TURNS_AT_ONCE; i++) {
      if (!expired.isEmpty() || jiffies() - base.get(TimerBase.TIMER_JIFFIES) < 0) {
        return !expired.isEmpty();
      }
      base.turn();
    }
    return true;
  }

  /** Function in eax and argument in edx of the next timer that has expired; 0 if there is none. */
  private void nextExpired(Call call) {
    TimerBase base = base();
    ListHead expired = base.list(TimerBase.EXPIRED);
    if (expired.isEmpty()) {
      call.returns(0);
      base.set(TimerBase.RUNNING_TIMER, 0);
      return;
    }
    TimerList timer = timer(expired.next() - TimerList.ENTRY.offset());
    base.set(TimerBase.RUNNING_TIMER, timer.address());
    delete(timer);
    call.returns(timer.get(TimerList.FUNCTION));
    call.returnsEdx(timer.get(TimerList.DATA));
  }

  /** The first half of schedule_timeout(timer, timeout): returns when it will be, in jiffies. */
  private void startTimeout(Call call) {
    TimerList timer = timer(call.eax());
    int expires = call.edx() + jiffies();
    timer.set(TimerList.EXPIRES, expires);
    timer.set(TimerList.FUNCTION, kernel.symbol("process_timeout"));
    timer.set(TimerList.DATA, kernel.current().address());
    add(timer);
    call.returns(expires);
  }

  /** {@code timer_interrupt(irq, dev_id, regs)} (arch/i386/kernel/time.c): one tick. */
  private void timerInterrupt(Call call) {
    memory.write(jiffies, jiffies() + 1);
    if (!kernel.isSmp() || memory.read(kernel.symbol("using_apic_timer")) == 0) {
      updateProcessTimes(regs(call.ecx()).userMode());
    }
    call.returns(1); // IRQ_HANDLED
  }

  private PtRegs regs(int address) {
    return new PtRegs(memory, address, kernel.version().ptRegs());
  }

  /** {@code update_process_times}: a tick of the processor that executes. */
  private void updateProcessTimes(boolean user) {
    kernel.current().add(user ? TaskStruct.UTIME : TaskStruct.STIME, 1);
    kernel.softirqs().raise(Softirqs.TIMER_SOFTIRQ);
    kernel.sched().tick();
  }

  /** {@code try_to_del_timer_sync}: -1 while another processor runs its function. */
  private void deleteSync(Call call) {
    TimerList timer = timer(call.eax());
    for (int cpu = 0; cpu < kernel.nrCpus(); cpu++) {
      if (base(cpu).get(TimerBase.RUNNING_TIMER) == timer.address()) {
        call.returns(-1);
        return;
      }
    }
    call.returns(delete(timer));
  }
}
