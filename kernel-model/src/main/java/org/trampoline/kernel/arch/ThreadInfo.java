package org.trampoline.kernel.arch;

import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.Layout;
import org.trampoline.kernel.layout.Struct;

/**
 * {@code struct thread_info} (include/asm-i386/thread_info.h): lies at the bottom of a thread's
 * kernel stack, so the stack pointer leads to it, and it leads to the task.
 */
public final class ThreadInfo extends Struct<ThreadInfo> {
  /** Bytes of a kernel stack, thread_info included, and what it is aligned to. */
  public static final int THREAD_SIZE = 8192;

  public static final int TIF_SIGPENDING = 2;
  public static final int TIF_NEED_RESCHED = 3;

  /** Chosen by the OOM killer: gets memory, so that it can end. */
  public static final int TIF_MEMDIE = 17;

  /** Something is to be done before a return to user mode: all but tracing. */
  public static final int TIF_WORK_MASK = 0xff6e;

  /** The same for the return from a system call. */
  public static final int TIF_ALLWORK_MASK = 0xffff;

  /** In {@link #STATUS}: the FPU holds this thread's registers. */
  public static final int TS_USEDFPU = 1;

  /** addr_limit of user processes and of the kernel: what access_ok() compares with. */
  public static final int USER_DS_LIMIT = KernelMemory.PAGE_OFFSET;

  public static final int KERNEL_DS_LIMIT = 0xffff_ffff;

  /** For the assembler. */
  public static final Layout<ThreadInfo> LAYOUT = new Layout<>("TI");

  public static final Field<ThreadInfo> TASK = LAYOUT.word("task"); // its task_struct
  public static final Field<ThreadInfo> EXEC_DOMAIN = LAYOUT.word("exec_domain"); // unused
  public static final Field<ThreadInfo> FLAGS = LAYOUT.word("flags"); // _TIF_ bits
  public static final Field<ThreadInfo> STATUS = LAYOUT.word("status"); // TS_ bits
  public static final Field<ThreadInfo> CPU = LAYOUT.word("cpu"); // the processor it is on
  public static final Field<ThreadInfo> PREEMPT_COUNT =
      LAYOUT.word("preempt_count"); // 0: may be preempted
  public static final Field<ThreadInfo> ADDR_LIMIT =
      LAYOUT.word("addr_limit"); // user addresses are below
  public static final Field<ThreadInfo> RESTART_BLOCK =
      LAYOUT.bytes("restart_block", 20); // of interrupted system calls; unused
  public static final Field<ThreadInfo> PREVIOUS_ESP =
      LAYOUT.word("previous_esp"); // with interrupt stacks; unused

  /** Looks at one. */
  public ThreadInfo(KernelMemory memory, int address) {
    super(memory, address);
  }

  /** The thread_info of the stack that an address lies in. */
  public static ThreadInfo ofStack(KernelMemory memory, int esp) {
    return new ThreadInfo(memory, esp & -THREAD_SIZE);
  }

  /** {@code set_ti_thread_flag}: a TIF_ number, not a mask. */
  public void setFlag(int flag) {
    setBits(FLAGS, 1 << flag);
  }

  /** {@code clear_ti_thread_flag}. */
  public void clearFlag(int flag) {
    clearBits(FLAGS, 1 << flag);
  }

  /** {@code test_ti_thread_flag}. */
  public boolean testFlag(int flag) {
    return (get(FLAGS) >> flag & 1) != 0;
  }
}
