package org.trampoline.kernel.timer;

import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.Layout;
import org.trampoline.kernel.layout.Struct;

/** {@code struct timer_list} (include/linux/timer.h): a function to be called at a time. */
public final class TimerList extends Struct<TimerList> {
  /** For the assembler. */
  public static final Layout<TimerList> LAYOUT = new Layout<>("TIMER");

  public static final Field<TimerList> ENTRY = LAYOUT.list("entry"); // in the wheel
  public static final Field<TimerList> EXPIRES = LAYOUT.word("expires"); // jiffies
  public static final Field<TimerList> FUNCTION = LAYOUT.word("function"); // void (data) fastcall
  public static final Field<TimerList> DATA = LAYOUT.word("data"); // its argument
  public static final Field<TimerList> BASE = LAYOUT.word("base"); // NULL: not pending

  /** Looks at one. */
  public TimerList(KernelMemory memory, int address) {
    super(memory, address);
  }
}
