package org.trampoline.kernel.sched;

import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.Layout;
import org.trampoline.kernel.layout.Struct;

/** {@code struct semaphore} (include/asm-i386/semaphore.h); a mutex begins with 1. */
public final class Semaphore extends Struct<Semaphore> {
  /** For the assembler. */
  public static final Layout<Semaphore> LAYOUT = new Layout<>("SEM");

  public static final Field<Semaphore> COUNT = LAYOUT.word("count"); // so many may enter
  public static final Field<Semaphore> WAIT = LAYOUT.list("wait"); // wait queue

  /** Looks at one. */
  public Semaphore(KernelMemory memory, int address) {
    super(memory, address);
  }

  /** {@code sema_init}. */
  void init(int count) {
    set(COUNT, count);
    list(WAIT).init();
  }
}
