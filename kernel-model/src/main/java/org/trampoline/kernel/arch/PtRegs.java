package org.trampoline.kernel.arch;

import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.Struct;

/** {@code struct pt_regs} in guest memory. The accessors bear C's names, without {@code x}. */
public final class PtRegs extends Struct<PtRegs> {
  private final PtRegsLayout layout;

  /** Looks at one. */
  public PtRegs(KernelMemory memory, int address, PtRegsLayout layout) {
    super(memory, address);
    this.layout = layout;
  }

  /** Where the fields are. */
  public PtRegsLayout layout() {
    return layout;
  }

  /** The instruction to go on with. */
  public int eip() {
    return get(layout.eip);
  }

  /** Goes on elsewhere. */
  public void eip(int value) {
    set(layout.eip, value);
  }

  public int eax() {
    return get(layout.eax);
  }

  public int ebx() {
    return get(layout.ebx);
  }

  public int ecx() {
    return get(layout.ecx);
  }

  public int edx() {
    return get(layout.edx);
  }

  /** Stack pointer of user mode, or what copy_thread was given as such. */
  public int esp() {
    return get(layout.esp);
  }

  public int eflags() {
    return get(layout.eflags);
  }

  public int cs() {
    return get(layout.cs);
  }

  /** {@code user_mode(regs)}: the processor was in ring 3, or in virtual-8086 mode. */
  public boolean userMode() {
    return (get(layout.cs) & 3 | get(layout.eflags) & Segments.X86_EFLAGS_VM) != 0;
  }
}
