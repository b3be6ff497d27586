package org.trampoline.kernel.kthread;

import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.Layout;
import org.trampoline.kernel.layout.Struct;
import org.trampoline.kernel.sched.Completion;

/**
 * {@code struct kthread_create_info} (kernel/kthread.c): lies on the stack of who calls
 * kthread_create, until the thread has taken what it needs.
 */
public final class KthreadCreateInfo extends Struct<KthreadCreateInfo> {
  /** For the assembler. */
  public static final Layout<KthreadCreateInfo> LAYOUT = new Layout<>("KTHREAD");

  public static final Field<KthreadCreateInfo> THREADFN = LAYOUT.word("threadfn"); // int (data)
  public static final Field<KthreadCreateInfo> DATA = LAYOUT.word("data"); // its argument
  public static final Field<KthreadCreateInfo> STARTED =
      LAYOUT.struct("started", Completion.LAYOUT); // the thread exists and waits
  public static final Field<KthreadCreateInfo> RESULT = LAYOUT.word("result"); // task or error
  public static final Field<KthreadCreateInfo> DONE =
      LAYOUT.struct("done", Completion.LAYOUT); // result is there

  /** Looks at one. */
  public KthreadCreateInfo(KernelMemory memory, int address) {
    super(memory, address);
  }
}
