package org.trampoline.kernel.sched;

import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.Layout;
import org.trampoline.kernel.layout.Struct;

/**
 * {@code wait_queue_t} (include/linux/wait.h): a task in a wait queue; lies on the stack of the
 * task that waits. The queue itself is a list head.
 */
public final class WaitQueue extends Struct<WaitQueue> {
  /** For the assembler. */
  public static final Layout<WaitQueue> LAYOUT = new Layout<>("WQ");

  public static final Field<WaitQueue> FLAGS = LAYOUT.word("flags"); // 1: exclusive
  public static final Field<WaitQueue> TASK = LAYOUT.word("task"); // who waits
  public static final Field<WaitQueue> FUNC = LAYOUT.word("func"); // 0: the default wake-up
  public static final Field<WaitQueue> TASK_LIST = LAYOUT.list("task_list"); // in the queue

  /** Looks at one. */
  public WaitQueue(KernelMemory memory, int address) {
    super(memory, address);
  }
}
