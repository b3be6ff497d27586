package org.trampoline.emulator.translate;

import static org.trampoline.emulator.translate.HostOpcodes.AND;
import static org.trampoline.emulator.translate.HostOpcodes.CMP;
import static org.trampoline.emulator.translate.HostOpcodes.EQUAL;
import static org.trampoline.emulator.translate.HostOpcodes.NOT_EQUAL;
import static org.trampoline.emulator.translate.HostOpcodes.OR;
import static org.trampoline.emulator.translate.HostOpcodes.XOR;

import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.decode.Insn;

/**
 * What kernels do often: flags as a whole, the interrupt flag, CR3 and its like. What is not
 * allowed, or has more consequences than usual, is left to the interpreter before anything changes.
 */
final class SystemTemplates {
  private static final int ADDRESS = HostRegisters.ADDRESS;
  private static final int ADDEND = HostRegisters.ADDEND;
  private static final int VALUE = HostRegisters.VALUE;
  private static final int STATE = HostRegisters.STATE;

  /** What POPF may change but status, DF and IF: the interpreter's. */
  private static final int RARE = Eflags.TF | Eflags.IOPL | Eflags.NT | Eflags.AC | Eflags.ID;

  private SystemTemplates() {}

  /** An operation on a doubleword of the state with an immediate. */
  private static void state(HostAssembler a, int operation, int field, int value) {
    a.memory(4, 0x81, operation, STATE, field);
    a.emit32(value);
  }

  private static void requireLevel0(Emission e) {
    e.flags.spill();
    state(e.hot, CMP, SystemState.CPL, 0);
    e.exitIf(NOT_EQUAL, Exit.INTERPRET);
  }

  static boolean cli(Emission e) {
    requireLevel0(e);
    state(e.hot, AND, SystemState.EFLAGS, ~Eflags.IF);
    return true;
  }

  /** STI ends its block, so the budget tells where its shadow ends. */
  static boolean sti(Emission e) {
    HostAssembler a = e.hot;
    requireLevel0(e);
    a.memory(4, 0xf7, 0, STATE, SystemState.EFLAGS);
    a.emit32(Eflags.IF);
    int unmasked = a.jump(NOT_EQUAL);
    state(a, CMP, SystemState.INTERRUPTED, 0);
    e.exitIf(NOT_EQUAL, Exit.INTERPRET);
    state(a, OR, SystemState.EFLAGS, Eflags.IF);
    a.memory(4, 0x89, HostRegisters.BUDGET, STATE, SystemState.SHADOW);
    a.landJump(unmasked);
    e.link(-1, e.end());
    return true;
  }

  static boolean pushf(Emission e, Insn i) {
    if (!e.mode.code32) {
      return false;
    }
    HostAssembler a = e.hot;
    e.retryHere();
    FlagImage.compose(a, VALUE, ADDRESS);
    StackTemplates.probePush(e, i.operandSize);
    e.memory.instruction(i.operandSize, 0x89, VALUE);
    StackTemplates.release(e, -i.operandSize);
    return true;
  }

  static boolean popf(Emission e, Insn i) {
    if (!e.mode.code32 || i.operandSize != 4) {
      return false;
    }
    HostAssembler a = e.hot;
    e.retryHere();
    StackTemplates.probePop(e, 4);
    e.memory.instruction(4, 0x8b, VALUE);
    a.memory(4, 0x8b, ADDRESS, STATE, SystemState.EFLAGS);
    a.register(4, 0x31, VALUE, ADDRESS);
    a.register(4, 0xf7, 0, ADDRESS);
    a.emit32(RARE);
    e.exitIf(NOT_EQUAL, Exit.INTERPRET);
    a.and(ADDRESS, Eflags.IF);
    int same = a.jump(EQUAL);
    state(a, CMP, SystemState.CPL, 0);
    e.exitIf(NOT_EQUAL, Exit.INTERPRET);
    // interrupts masked now, or none waiting
    a.memory(4, 0x8b, ADDEND, STATE, SystemState.EFLAGS);
    a.and(ADDEND, Eflags.IF);
    int masks = a.jump(NOT_EQUAL);
    state(a, CMP, SystemState.INTERRUPTED, 0);
    e.exitIf(NOT_EQUAL, Exit.INTERPRET);
    a.landJump(masks);
    state(a, XOR, SystemState.EFLAGS, Eflags.IF);
    a.landJump(same);
    StackTemplates.release(e, 4);
    FlagImage.load(a, VALUE, ADDRESS);
    e.flags.atHome();
    e.link(-1, e.end());
    return true;
  }

  static boolean fromControl(Emission e, Insn i) {
    if (i.index1 == 1 || i.index1 > 4) {
      return false;
    }
    requireLevel0(e);
    int field = SystemState.CONTROL + 4 * i.index1;
    e.hot.memory(4, 0x8b, HostRegisters.of(i.index0), STATE, field);
    return true;
  }

  /** INVLPG: the maps are always true to the page tables. */
  static boolean invalidate(Emission e) {
    requireLevel0(e);
    e.hot.memory(4, 0xff, 0, STATE, SystemState.INVLPGS);
    return true;
  }
}
