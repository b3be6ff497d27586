package org.trampoline.emulator.differential;

import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.engine.Register;

/**
 * One step of two engines that differ after it.
 *
 * @param insn the instruction
 * @param before both engines' state before it
 * @param ours the first engine's state after it
 * @param theirs the second's
 * @param our what the first engine did
 * @param their what the second did
 */
record Step(
    Insn insn,
    EngineState before,
    EngineState ours,
    EngineState theirs,
    StepRecord our,
    StepRecord their) {

  /** Whether the first engine raised that exception and the second that one; -1 is none. */
  boolean raised(int ourVector, int theirVector) {
    return our.vector == ourVector && their.vector == theirVector;
  }

  /** Whether the register is the only one that differs. */
  boolean onlyDiffers(Register register) {
    var differing = ours.differences(theirs);
    return differing.size() == 1 && differing.getFirst() == register;
  }

  /** Whether an operand in memory is both read and written. */
  boolean modifiesMemory() {
    return memoryOperand(true);
  }

  /** Whether an operand is in memory. */
  boolean accessesMemory() {
    return memoryOperand(false);
  }

  private boolean memoryOperand(boolean modified) {
    byte[] kinds = {insn.kind0, insn.kind1, insn.kind2};
    for (int i = 0; i < insn.form.operands().size(); i++) {
      boolean memory =
          kinds[i] == Insn.MEM
              || kinds[i] == Insn.STRING_SOURCE
              || kinds[i] == Insn.STRING_DESTINATION;
      if (memory && (!modified || insn.form.reads(i) && insn.form.writes(i))) {
        return true;
      }
    }
    return false;
  }
}
