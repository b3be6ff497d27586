package org.trampoline.emulator.execute;

import static org.trampoline.emulator.execute.MicroOp.*;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Insn;

/** Turns branches into {@link MicroOp}s. */
abstract class BranchLowering extends MicroWriter {
  /** Truth of a condition that the loop computes as 1 or 0. */
  private static final int IF_ONE = 2;

  /** Farthest distances that 16-bit branches of the block lead to. */
  private int lowest;

  private int highest;
  private boolean branches16;

  @Override
  void begin(int mode, int offset, int bytes) {
    super.begin(mode, offset, bytes);
    lowest = 0;
    highest = 0;
    branches16 = false;
  }

  /** The {@link MicroOp#CHECK} of the block, without the number of the next one. */
  final long check() {
    return (long) blockLength << LENGTH_SHIFT
        | (long) highest << FORWARD_SHIFT
        | (long) -lowest << BACKWARD_SHIFT
        | (branches16 ? BRANCHES16 : 0);
  }

  /** Whether a relative branch can be done without a check of its own; notes its distance. */
  boolean reach(Insn i, int distance) {
    if (i.operandSize == 4) {
      return has(Mode.FLAT_CODE);
    }
    if (!has(Mode.WIDE_CODE) || has(Mode.CODE32)) {
      return false;
    }
    branches16 = true;
    lowest = Math.min(lowest, distance);
    highest = Math.max(highest, distance);
    return true;
  }

  /** Whether the offset that a branch takes from a register or the stack needs no check. */
  boolean reachesAll(Insn i) {
    return has(i.operandSize == 4 ? Mode.FLAT_CODE : Mode.WIDE_CODE);
  }

  boolean jcc(Insn i) {
    int truth = HotLoop.truth(i.condition);
    int distance = i.end + i.imm;
    if (truth < 0 || !reach(i, distance)) {
      return false;
    }
    condition(truth, distance);
    ops[length - 2] = JCC;
    return true;
  }

  /** A branch on ECX or CX. */
  boolean counted(Insn i, int op) {
    int distance = i.end + i.imm;
    if (!reach(i, distance)) {
      return false;
    }
    emit(op, Cpu.ECX, 0, 0);
    condition(IF_ONE, distance);
    return true;
  }

  void condition(int truth, int distance) {
    word((long) distance << 32 | (long) blockLength << 16 | truth);
    word((long) link(blockLength) << 32 | link(distance) & 0xffff_ffffL);
  }

  boolean jmp(Insn i) {
    int distance = i.end + i.imm;
    if (!reach(i, distance)) {
      return false;
    }
    emit(JMP, 0, distance);
    word(link(distance) & 0xffff_ffffL);
    return true;
  }

  boolean call(Insn i) {
    int distance = i.end + i.imm;
    if (!reach(i, distance)) {
      return false;
    }
    if (flatStack(i.operandSize)) {
      flatStackAccess(CALL, 0, -4);
      word((long) i.end << 32 | link(distance) & 0xffff_ffffL);
      word(distance & 0xffff_ffffL);
      return true;
    }
    emit(EIP, TEMP << A_SHIFT | SOURCE_IMMEDIATE, i.end);
    pushRegister(TEMP, i.operandSize);
    emit(JMP, 0, distance);
    word(link(distance) & 0xffff_ffffL);
    return true;
  }

  boolean ret(Insn i) {
    int size = i.operandSize;
    if (!reachesAll(i)) {
      return false;
    }
    if (flatStack(size)) {
      flatStackAccess(RET, 0, 0);
      word(i.kind0 == Insn.IMM ? i.imm & 0xffff : 0);
      return true;
    }
    if (i.kind0 == Insn.IMM) {
      return false;
    }
    popTemp(size);
    emit(JMP_R, TEMP, 0, 0);
    return true;
  }

  /** The target of an indirect branch in a register, which is returned; -1 if there is none. */
  int target(Insn i) {
    int size = i.operandSize;
    if (!reachesAll(i)) {
      return -1;
    }
    if (i.kind0 == Insn.MEM) {
      loadInto(i, OTHER, size);
      return OTHER;
    }
    if (size == 4) {
      return i.index0;
    }
    emit(MOVZX16, OTHER, i.index0, 0);
    return OTHER;
  }

  boolean indirect(Insn i) {
    int target = target(i);
    if (target < 0) {
      return false;
    }
    emit(JMP_R, target, 0, 0);
    return true;
  }

  boolean callIndirect(Insn i) {
    int target = target(i);
    if (target < 0) {
      return false;
    }
    if (flatStack(i.operandSize)) {
      flatStackAccess(CALL_R, target, -4);
      word((long) i.end << 32 | NOWHERE);
      return true;
    }
    if (target == Cpu.ESP) {
      return false; // the target is esp before the push
    }
    emit(EIP, TEMP << A_SHIFT | SOURCE_IMMEDIATE, i.end);
    pushRegister(TEMP, i.operandSize);
    emit(JMP_R, target, 0, 0);
    return true;
  }
}
