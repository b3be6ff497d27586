package org.trampoline.emulator.differential.campaign;

import java.util.List;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.decode.Operation;
import org.trampoline.emulator.differential.cases.CaseProgram;
import org.trampoline.emulator.differential.cases.CaseRun;
import org.trampoline.emulator.differential.cases.MistakenOracle;

/**
 * Our machine with two mistakes: AF is wrong in additions to AL whose result has all of the lowest
 * four bits clear, and PF at the end of sequences that have a neg right behind an inc.
 */
final class WrongOracle extends MistakenOracle {
  @Override
  protected int wrong(CaseRun run, int eax) {
    if (run.program() != null) {
      return hasPair(run.program().items()) ? Eflags.PF : 0;
    }
    return run.form().notation().equals("add al, imm8") && (eax & 0xf) == 0 ? Eflags.AF : 0;
  }

  private static boolean hasPair(List<CaseProgram.Item> items) {
    for (int i = 1; i < items.size(); i++) {
      if (items.get(i - 1).insn().operation == Operation.INC
          && items.get(i).insn().operation == Operation.NEG) {
        return true;
      }
    }
    return false;
  }
}
