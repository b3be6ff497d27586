package org.trampoline.kernel.arch;

/**
 * What is counted in thread_info's preempt_count (include/linux/hardirq.h,
 * include/asm-i386/thread_info.h): while it is not 0 the thread is not preempted.
 */
public final class PreemptCount {
  /** preempt_disable() and spin locks: the low 8 bits. */
  public static final int PREEMPT_MASK = 0xff;

  /** Softirqs, and the disabling of them: 8 bits. */
  public static final int SOFTIRQ_OFFSET = 0x100;

  public static final int SOFTIRQ_MASK = 0xff00;

  /** Interrupt handlers: 12 bits. */
  public static final int HARDIRQ_OFFSET = 0x1_0000;

  public static final int HARDIRQ_MASK = 0x0fff_0000;

  /** schedule() was called to preempt: the thread goes on whatever its state is. */
  public static final int PREEMPT_ACTIVE = 0x1000_0000;

  private PreemptCount() {}
}
