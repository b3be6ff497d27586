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
  /** In {@link #FLAGS}: only one of these is woken at a time. */
  public static final int WQ_FLAG_EXCLUSIVE = 1;

  /** For the assembler. */
  public static final Layout<WaitQueue> LAYOUT = new Layout<>("WQ");

  public static final Field<WaitQueue> FLAGS = LAYOUT.word("flags"); // WQ_FLAG_EXCLUSIVE
  public static final Field<WaitQueue> TASK = LAYOUT.word("task"); // who waits
  public static final Field<WaitQueue> FUNC = LAYOUT.word("func"); // 0: the default wake-up
  public static final Field<WaitQueue> TASK_LIST = LAYOUT.list("task_list"); // in the queue

  /** Looks at one. */
  public WaitQueue(KernelMemory memory, int address) {
    super(memory, address);
  }

  /** {@code DEFINE_WAIT} and its like: an entry in no queue. */
  public void init(TaskStruct task, int function) {
    set(FLAGS, 0);
    set(TASK, task.address());
    set(FUNC, function);
    list(TASK_LIST).init();
  }
}
