package org.trampoline.kernel.workqueue;

import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.Layout;
import org.trampoline.kernel.layout.Struct;

/** {@code struct workqueue_struct} (kernel/workqueue.c). */
public final class WorkqueueStruct extends Struct<WorkqueueStruct> {
  /** For the assembler. */
  public static final Layout<WorkqueueStruct> LAYOUT = new Layout<>("WQS");

  public static final Field<WorkqueueStruct> NAME = LAYOUT.word("name"); // at most 10 characters
  public static final Field<WorkqueueStruct> SINGLE =
      LAYOUT.word("single"); // 1: one worker for all processors
  public static final Field<WorkqueueStruct> CPU_WQ =
      LAYOUT.bytes("cpu_wq", CpuWorkqueue.LAYOUT.size()); // the first of one for each processor

  /** Looks at one. */
  public WorkqueueStruct(KernelMemory memory, int address) {
    super(memory, address);
  }

  /** Bytes for so many processors. */
  static int size(int processors) {
    return CPU_WQ.offset() + processors * CpuWorkqueue.LAYOUT.size();
  }

  /** The part for a processor. */
  CpuWorkqueue cpu(int cpu) {
    int index = get(SINGLE) != 0 ? 0 : cpu;
    return new CpuWorkqueue(memory, address(CPU_WQ) + index * CpuWorkqueue.LAYOUT.size());
  }
}
