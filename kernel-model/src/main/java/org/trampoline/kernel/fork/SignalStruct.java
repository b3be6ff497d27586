package org.trampoline.kernel.fork;

import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.Layout;
import org.trampoline.kernel.layout.Struct;

/** {@code struct signal_struct} (include/linux/sched.h): shared with CLONE_THREAD. */
public final class SignalStruct extends Struct<SignalStruct> {
  /** For the assembler. */
  public static final Layout<SignalStruct> LAYOUT = new Layout<>("SIGNAL");

  public static final Field<SignalStruct> COUNT = LAYOUT.word("count"); // threads that share it
  public static final Field<SignalStruct> PGRP = LAYOUT.word("pgrp"); // process group
  public static final Field<SignalStruct> SESSION = LAYOUT.word("session"); // session
  public static final Field<SignalStruct> TTY = LAYOUT.word("tty"); // controlling terminal
  public static final Field<SignalStruct> WAIT_CHLDEXIT =
      LAYOUT.list("wait_chldexit"); // wait queue of those in wait4

  /** Looks at one. */
  public SignalStruct(KernelMemory memory, int address) {
    super(memory, address);
  }
}
