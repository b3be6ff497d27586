package org.trampoline.kernel.workqueue;

import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.Layout;
import org.trampoline.kernel.layout.Struct;
import org.trampoline.kernel.timer.TimerList;

/** {@code struct work_struct} (include/linux/workqueue.h): a function to be called by a worker. */
public final class WorkStruct extends Struct<WorkStruct> {
  /** For the assembler. */
  public static final Layout<WorkStruct> LAYOUT = new Layout<>("WORK");

  public static final Field<WorkStruct> PENDING = LAYOUT.word("pending"); // 1: queued or delayed
  public static final Field<WorkStruct> ENTRY = LAYOUT.list("entry"); // in the worklist
  public static final Field<WorkStruct> FUNC = LAYOUT.word("func"); // void (data) fastcall
  public static final Field<WorkStruct> DATA = LAYOUT.word("data"); // its argument
  public static final Field<WorkStruct> WQ_DATA = LAYOUT.word("wq_data"); // where it was queued
  public static final Field<WorkStruct> TIMER =
      LAYOUT.struct("timer", TimerList.LAYOUT); // of delayed work

  /** Looks at one. */
  public WorkStruct(KernelMemory memory, int address) {
    super(memory, address);
  }
}
