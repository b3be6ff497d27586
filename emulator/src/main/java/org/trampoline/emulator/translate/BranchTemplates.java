package org.trampoline.emulator.translate;

import static org.trampoline.emulator.translate.HostOpcodes.ABOVE;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.Operation;

/** Near jumps, calls and returns. A target beyond the code segment is left to the interpreter. */
final class BranchTemplates {
  private static final int VALUE = HostRegisters.VALUE;
  private static final int ZERO = 4;
  private static final int NOT_ZERO = 5;

  private BranchTemplates() {}

  private static int target(Emission e, Insn i) {
    int target = e.end() + i.imm;
    return i.operandSize == 2 ? target & 0xffff : target;
  }

  static boolean conditional(Emission e, Insn i) {
    int target = target(e, i);
    if (!e.reaches(target)) {
      return false;
    }
    FlagState flags = e.flags;
    if (e.follows) {
      e.leaveIf(flags.condition(i.condition), target, e.branchReplacesFlags);
      return true;
    }
    if (e.turnsTo(target)) {
      e.link(flags.condition(i.condition), target);
      flags.save();
      e.link(-1, e.end());
      return true;
    }
    boolean token = flags.deferrable() && e.targetReplacesFlags;
    if (token) {
      flags.putToken();
    } else {
      flags.save();
    }
    e.link(flags.condition(i.condition), target);
    if (token && !e.endReplacesFlags) {
      flags.save();
    }
    e.link(-1, e.end());
    return true;
  }

  static boolean jump(Emission e, Insn i) {
    if (e.follows) {
      return true;
    }
    int target = target(e, i);
    if (!e.reaches(target)) {
      return false;
    }
    if (!e.turnsTo(target)) {
      e.flags.leave(e.targetReplacesFlags);
    }
    e.link(-1, target);
    return true;
  }

  static boolean call(Emission e, Insn i) {
    int target = target(e, i);
    if (!e.reaches(target)) {
      return false;
    }
    e.retryHere();
    pushEnd(e, i.operandSize);
    if (!e.follows) {
      e.flags.leave(e.targetReplacesFlags);
      e.link(-1, target);
    }
    return true;
  }

  private static void pushEnd(Emission e, int size) {
    StackTemplates.probePush(e, size);
    e.memory.instruction(size, 0xc7, 0);
    e.hot.immediate(size, e.end());
    StackTemplates.release(e, -size);
  }

  static boolean jumpIndirect(Emission e, Insn i) {
    e.retryHere();
    readTarget(e, i);
    JumpSite.jumpToValue(e);
    return true;
  }

  static boolean callIndirect(Emission e, Insn i) {
    e.retryHere();
    readTarget(e, i);
    pushEnd(e, i.operandSize);
    JumpSite.jumpToValue(e);
    return true;
  }

  private static void readTarget(Emission e, Insn i) {
    int size = i.operandSize;
    if (i.kind0 == Insn.MEM) {
      e.memory.probe(i, size, false);
      loadTarget(e, size);
    } else {
      int from = HostRegisters.of(i.index0);
      e.hot.register(4, size == 2 ? 0x0fb7 : 0x8b, VALUE, from);
    }
    checkTarget(e);
  }

  private static void loadTarget(Emission e, int size) {
    e.memory.instruction(4, size == 2 ? 0x0fb7 : 0x8b, VALUE);
  }

  private static void checkTarget(Emission e) {
    if (!e.mode.noCodeLimit()) {
      e.hot.register(4, 0x81, 7, VALUE);
      e.hot.emit32((int) e.mode.codeEnd);
      e.exitIf(ABOVE, Exit.INTERPRET);
    }
  }

  static boolean ret(Emission e, Insn i) {
    int size = i.operandSize;
    e.retryHere();
    StackTemplates.probePop(e, size);
    loadTarget(e, size);
    checkTarget(e);
    StackTemplates.release(e, size + (i.kind0 == Insn.IMM ? i.imm & 0xffff : 0));
    JumpSite.jumpToValue(e);
    return true;
  }

  /** LOOP, LOOPE, LOOPNE. */
  static boolean loop(Emission e, Insn i) {
    int target = target(e, i);
    if (!e.reaches(target)) {
      return false;
    }
    HostAssembler a = e.hot;
    int ecx = HostRegisters.of(Cpu.ECX);
    int size = i.address16 ? 2 : 4;
    e.flags.bringHome();
    a.memory(size, 0x8d, ecx, ecx, -1);
    a.register(size, 0x85, ecx, ecx);
    if (i.operation == Operation.LOOP) {
      e.link(NOT_ZERO, target);
    } else {
      e.pointers.spill(a); // here, where all ways come by
      // ZF is bit 14 of the flags at home
      int zero = a.jumpShort(ZERO);
      a.register(4, 0xf7, 0, HostRegisters.FLAGS);
      a.emit32(0x4000);
      int other = a.jumpShort(i.operation == Operation.LOOPE ? ZERO : NOT_ZERO);
      e.link(-1, target);
      a.land(zero);
      a.land(other);
    }
    e.link(-1, e.end());
    return true;
  }

  static boolean countIsZero(Emission e, Insn i) {
    int target = target(e, i);
    if (!e.reaches(target)) {
      return false;
    }
    int ecx = HostRegisters.of(Cpu.ECX);
    e.flags.bringHome();
    e.hot.register(i.address16 ? 2 : 4, 0x85, ecx, ecx);
    e.link(ZERO, target);
    e.link(-1, e.end());
    return true;
  }
}
