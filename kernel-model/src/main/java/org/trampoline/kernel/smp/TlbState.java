package org.trampoline.kernel.smp;

import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.Layout;
import org.trampoline.kernel.layout.Struct;

/**
 * {@code struct tlb_state} (include/asm-i386/tlbflush.h): which address space a processor has
 * loaded, and whether for a process or lazily, under a kernel thread.
 */
public final class TlbState extends Struct<TlbState> {
  /** In {@link #STATE}: a process runs on it. */
  public static final int TLBSTATE_OK = 1;

  /** In {@link #STATE}: a kernel thread has borrowed it and touches no user address. */
  public static final int TLBSTATE_LAZY = 2;

  /** For the assembler. */
  public static final Layout<TlbState> LAYOUT = new Layout<>("TLBSTATE");

  public static final Field<TlbState> ACTIVE_MM = LAYOUT.word("active_mm"); // the loaded one
  public static final Field<TlbState> STATE = LAYOUT.word("state"); // TLBSTATE_

  /** Looks at one. */
  TlbState(KernelMemory memory, int address) {
    super(memory, address);
  }
}
