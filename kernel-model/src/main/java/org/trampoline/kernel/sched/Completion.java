package org.trampoline.kernel.sched;

import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.Layout;
import org.trampoline.kernel.layout.Struct;

/** {@code struct completion} (include/linux/completion.h): somebody waits until it is done. */
public final class Completion extends Struct<Completion> {
  /** For the assembler. */
  public static final Layout<Completion> LAYOUT = new Layout<>("COMPLETION");

  public static final Field<Completion> DONE = LAYOUT.word("done"); // how often, not yet waited for
  public static final Field<Completion> WAIT = LAYOUT.list("wait"); // wait queue

  /** Looks at one. */
  public Completion(KernelMemory memory, int address) {
    super(memory, address);
  }

  /** {@code init_completion}. */
  void init() {
    set(DONE, 0);
    list(WAIT).init();
  }
}
