package org.trampoline.emulator.translate;

import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.decode.Insn;

/**
 * Which status flags somebody may look at after each instruction of a block, from the flag columns
 * of the instruction table. Where execution may leave translated code, all are looked at.
 */
final class FlagLiveness {
  private FlagLiveness() {}

  /** Fills {@code live[i]} with the flags that are live after instruction {@code i}. */
  static void analyse(Insn[] insns, int count, int[] live) {
    int after = Eflags.STATUS;
    for (int i = count - 1; i >= 0; i--) {
      live[i] = after;
      Insn insn = insns[i];
      if (Templates.mayExit(insn)) {
        after = Eflags.STATUS;
      } else {
        int replaced = insn.form.flagsReplaced(insn);
        after = (after & ~replaced | insn.form.flags().read()) & Eflags.STATUS;
      }
    }
  }
}
