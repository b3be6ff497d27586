package org.trampoline.kernel.softirq;

import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.Layout;
import org.trampoline.kernel.layout.Struct;

/** {@code struct tasklet_struct} (include/linux/interrupt.h). */
public final class Tasklet extends Struct<Tasklet> {
  /** In {@link #STATE}: it is in the list. */
  public static final int TASKLET_STATE_SCHED = 1;

  /** In {@link #STATE}: a processor is running it. */
  public static final int TASKLET_STATE_RUN = 2;

  /** For the assembler. */
  public static final Layout<Tasklet> LAYOUT = new Layout<>("TASKLET");

  public static final Field<Tasklet> NEXT = LAYOUT.word("next"); // in its processor's list
  public static final Field<Tasklet> STATE = LAYOUT.word("state"); // TASKLET_STATE_
  public static final Field<Tasklet> COUNT = LAYOUT.word("count"); // 0: enabled
  public static final Field<Tasklet> FUNC = LAYOUT.word("func"); // void (data) fastcall
  public static final Field<Tasklet> DATA = LAYOUT.word("data"); // its argument

  /** Looks at one. */
  public Tasklet(KernelMemory memory, int address) {
    super(memory, address);
  }
}
