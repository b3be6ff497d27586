package org.trampoline.kernel.trace;

import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.arch.PreemptCount;
import org.trampoline.kernel.arch.ThreadInfo;
import org.trampoline.kernel.sched.TaskStruct;

/**
 * When and where an event happened.
 *
 * @param nanos virtual time since reset
 * @param cpu the processor
 * @param pid of the task on whose stack it was
 * @param comm its name
 * @param flags ftrace's four: interrupts off, need_resched, in hard or soft interrupt, preemption
 *     depth
 */
record Moment(long nanos, int cpu, int pid, String comm, String flags) {
  static Moment now(Kernel kernel) {
    ThreadInfo info = kernel.currentThreadInfo();
    TaskStruct task = kernel.current();
    int count = info.get(ThreadInfo.PREEMPT_COUNT);
    boolean hard = (count & PreemptCount.HARDIRQ_MASK) != 0;
    boolean soft = (count & PreemptCount.SOFTIRQ_MASK) != 0;
    int depth = count & PreemptCount.PREEMPT_MASK;
    boolean off =
        (kernel.engine().get(org.trampoline.emulator.engine.Register.EFLAGS) & 0x200) == 0;
    String flags =
        (off ? "d" : ".")
            + (info.testFlag(ThreadInfo.TIF_NEED_RESCHED) ? "N" : ".")
            + (hard && soft ? "H" : hard ? "h" : soft ? "s" : ".")
            + (depth == 0 ? "." : Integer.toHexString(Math.min(depth, 15)));
    return new Moment(
        kernel.engine().nanos(), kernel.engine().processor(), task.pid(), task.comm(), flags);
  }
}
