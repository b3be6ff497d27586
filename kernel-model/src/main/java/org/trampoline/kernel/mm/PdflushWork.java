package org.trampoline.kernel.mm;

import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.Layout;
import org.trampoline.kernel.layout.Struct;

/** {@code struct pdflush_work} (mm/pdflush.c): a thread of pdflush; lies on its stack. */
public final class PdflushWork extends Struct<PdflushWork> {
  /** For the assembler. */
  public static final Layout<PdflushWork> LAYOUT = new Layout<>("PDFLUSH");

  public static final Field<PdflushWork> WHO = LAYOUT.word("who"); // the thread
  public static final Field<PdflushWork> FN = LAYOUT.word("fn"); // what to call; NULL: nothing
  public static final Field<PdflushWork> ARG0 = LAYOUT.word("arg0"); // with what
  public static final Field<PdflushWork> LIST = LAYOUT.list("list"); // of those that sleep
  public static final Field<PdflushWork> WHEN = LAYOUT.word("when_i_went_to_sleep"); // jiffies

  /** Looks at one. */
  public PdflushWork(KernelMemory memory, int address) {
    super(memory, address);
  }
}
