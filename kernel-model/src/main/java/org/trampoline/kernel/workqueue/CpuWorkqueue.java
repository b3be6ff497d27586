package org.trampoline.kernel.workqueue;

import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.Layout;
import org.trampoline.kernel.layout.Struct;

/** {@code struct cpu_workqueue_struct} (kernel/workqueue.c): a worker and what it has to do. */
public final class CpuWorkqueue extends Struct<CpuWorkqueue> {
  /** For the assembler. */
  public static final Layout<CpuWorkqueue> LAYOUT = new Layout<>("CWQ");

  public static final Field<CpuWorkqueue> REMOVE_SEQUENCE =
      LAYOUT.word("remove_sequence"); // works done
  public static final Field<CpuWorkqueue> INSERT_SEQUENCE =
      LAYOUT.word("insert_sequence"); // works queued
  public static final Field<CpuWorkqueue> WORKLIST = LAYOUT.list("worklist"); // in order
  public static final Field<CpuWorkqueue> MORE_WORK = LAYOUT.list("more_work"); // the worker waits
  public static final Field<CpuWorkqueue> WORK_DONE = LAYOUT.list("work_done"); // who flushes waits
  public static final Field<CpuWorkqueue> WQ = LAYOUT.word("wq"); // belongs to
  public static final Field<CpuWorkqueue> THREAD = LAYOUT.word("thread"); // the worker
  public static final Field<CpuWorkqueue> RUN_DEPTH = LAYOUT.word("run_depth"); // of recursion

  /** Looks at one. */
  public CpuWorkqueue(KernelMemory memory, int address) {
    super(memory, address);
  }
}
