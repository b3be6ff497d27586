package org.trampoline.kernel.arch;

import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.Layout;
import org.trampoline.kernel.layout.Struct;

/** {@code struct i386_pda} (2.6.20, include/asm-i386/pda.h): a processor's own data, behind gs. */
public final class Pda extends Struct<Pda> {
  /** For the assembler. */
  public static final Layout<Pda> LAYOUT = new Layout<>("PDA");

  public static final Field<Pda> PDA = LAYOUT.word("_pda"); // its own address
  public static final Field<Pda> CPU_NUMBER = LAYOUT.word("cpu_number"); // of this processor
  public static final Field<Pda> PCURRENT = LAYOUT.word("pcurrent"); // the running task

  /** Looks at one. */
  public Pda(KernelMemory memory, int address) {
    super(memory, address);
  }
}
