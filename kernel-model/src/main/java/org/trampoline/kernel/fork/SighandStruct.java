package org.trampoline.kernel.fork;

import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.Layout;
import org.trampoline.kernel.layout.Struct;

/** {@code struct sighand_struct} (include/linux/sched.h): shared with CLONE_SIGHAND. */
public final class SighandStruct extends Struct<SighandStruct> {
  /** For the assembler. */
  public static final Layout<SighandStruct> LAYOUT = new Layout<>("SIGHAND");

  public static final Field<SighandStruct> COUNT = LAYOUT.word("count"); // tasks that share it
  public static final Field<SighandStruct> ACTION =
      LAYOUT.bytes("action", 4 * 64); // handler for each signal; 0 is the default

  /** Looks at one. */
  public SighandStruct(KernelMemory memory, int address) {
    super(memory, address);
  }
}
