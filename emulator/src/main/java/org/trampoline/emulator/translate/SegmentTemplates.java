package org.trampoline.emulator.translate;

import static org.trampoline.emulator.translate.HostOpcodes.CMP;
import static org.trampoline.emulator.translate.HostOpcodes.COMPARE;
import static org.trampoline.emulator.translate.HostOpcodes.EQUAL;
import static org.trampoline.emulator.translate.HostOpcodes.LOAD;
import static org.trampoline.emulator.translate.HostOpcodes.NOT_EQUAL;
import static org.trampoline.emulator.translate.HostOpcodes.OR;
import static org.trampoline.emulator.translate.HostOpcodes.SHL;
import static org.trampoline.emulator.translate.HostOpcodes.STORE;
import static org.trampoline.emulator.translate.HostRegisters.ADDEND;
import static org.trampoline.emulator.translate.HostRegisters.ADDRESS;
import static org.trampoline.emulator.translate.HostRegisters.ESP;
import static org.trampoline.emulator.translate.HostRegisters.STATE;
import static org.trampoline.emulator.translate.HostRegisters.VALUE;
import static org.trampoline.emulator.translate.HostRegisters.VIEW;

import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Insn;

/**
 * MOV, PUSH and POP of the segment registers. Loads are done as far as {@link SegmentState} knows
 * them; in real-address and virtual-8086 mode, where nothing is checked, always.
 */
final class SegmentTemplates {
  private static final int COMPARE_WITH = 0x39;
  private static final int EXTEND = 0x0fb7;

  private SegmentTemplates() {}

  private static int selector(int number) {
    return switch (number) {
      case SegmentRegister.CS -> TrapState.CS_SELECTOR;
      case SegmentRegister.SS -> TrapState.SS_SELECTOR;
      default -> SegmentState.SELECTORS + 4 * number;
    };
  }

  /** MOV from a segment register. */
  static boolean store(Emission e, Insn i) {
    if (i.index1 > SegmentRegister.GS) {
      return false;
    }
    int field = selector(i.index1);
    if (i.kind0 == Insn.MEM) {
      e.memory.operand(i, 2, true);
      e.hot.memory(4, LOAD, VALUE, STATE, field);
      e.memory.instruction(2, STORE, VALUE);
    } else {
      e.hot.memory(i.operandSize, LOAD, HostRegisters.of(i.index0), STATE, field);
    }
    return true;
  }

  /** PUSH: two bytes are written, whatever the pointer moves by. */
  static boolean push(Emission e, Insn i) {
    e.retryHere();
    e.hot.memory(4, 0x8d, ADDRESS, ESP, -i.operandSize);
    if (!e.mode.stack32) {
      e.hot.register(4, EXTEND, ADDRESS, ADDRESS);
    }
    e.memory.access(SegmentRegister.SS, 2, true);
    e.hot.memory(4, LOAD, VALUE, STATE, selector(i.index0));
    e.memory.instruction(2, STORE, VALUE);
    StackTemplates.release(e, -i.operandSize);
    return true;
  }

  /** MOV to a segment register. */
  static boolean load(Emission e, Insn i) {
    if (!serves(e, i.index0)) {
      return false;
    }
    e.retryHere();
    if (i.kind1 == Insn.MEM) {
      e.memory.probe(i, 2, false);
      e.memory.instruction(4, EXTEND, VALUE);
    } else {
      e.hot.register(4, EXTEND, VALUE, HostRegisters.of(i.index1));
    }
    loadValue(e, i.index0);
    return true;
  }

  static boolean pop(Emission e, Insn i) {
    if (!serves(e, i.index0)) {
      return false;
    }
    e.retryHere();
    StackTemplates.probePop(e, i.operandSize);
    e.memory.instruction(4, EXTEND, VALUE);
    loadValue(e, i.index0);
    StackTemplates.release(e, i.operandSize);
    return true;
  }

  /** SS is the interpreter's: its load holds off events. */
  private static boolean serves(Emission e, int number) {
    return number <= SegmentRegister.GS
        && number != SegmentRegister.CS
        && number != SegmentRegister.SS
        && e.mode.kind(number) != CodeMode.CHECKED;
  }

  private static void loadValue(Emission e, int number) {
    HostAssembler a = e.hot;
    int stub = e.coldOffset();
    e.cold.moveImmediate(ADDRESS, number);
    e.stub(Exit.SEGMENT, e.start(), e.index());
    requireUnitApart(e, number, stub);
    if (e.mode.kind(number) == CodeMode.SMALL) {
      compare(e, SegmentState.REAL, 1, stub);
      a.memory(4, STORE, VALUE, STATE, selector(number));
      a.shift(4, SHL, VALUE, 4);
      a.memory(4, STORE, VALUE, STATE, baseOf(number));
    } else {
      fromTable(e, number, stub);
    }
    a.memory(4, 0x83, OR, STATE, SegmentState.LOADED);
    a.emit8(1 << number);
  }

  private static void fromTable(Emission e, int number, int stub) {
    HostAssembler a = e.hot;
    int entry = SegmentState.table(number);
    a.move(ADDEND, VALUE);
    a.and(ADDEND, SegmentState.ENTRIES - 1 << 3);
    a.shift(4, SHL, ADDEND, SegmentState.ENTRY_SHIFT - 3);
    indexed(a, 4, COMPARE_WITH, VALUE, ADDEND, entry + SegmentState.SELECTOR);
    e.jumpIf(NOT_EQUAL, stub);
    a.move(VALUE, ADDEND);
    a.memory(4, LOAD, ADDRESS, STATE, TrapState.LEVEL);
    indexed(a, 4, COMPARE, ADDRESS, VALUE, entry + SegmentState.LEVEL);
    e.jumpIf(NOT_EQUAL, stub);
    indexed(a, 4, 0x83, CMP, VALUE, entry + SegmentState.KIND);
    a.emit8(e.mode.kind(number));
    e.jumpIf(NOT_EQUAL, stub);
    indexed(a, 4, LOAD, ADDRESS, VALUE, entry + SegmentState.ADDRESS);
    a.memory(8, 0x2b, VIEW, STATE, TrapState.USER_OFFSET);
    e.memory.withinPage(8, false, stub);
    e.memory.instruction(8, LOAD, ADDRESS);
    indexed(a, 8, COMPARE, ADDRESS, VALUE, entry + SegmentState.DESCRIPTOR);
    e.jumpIf(NOT_EQUAL, stub);

    a.memory(8, 0x03, VIEW, STATE, TrapState.USER_OFFSET);
    a.memory(8, STORE, ADDRESS, STATE, SegmentState.DESCRIPTORS + 8 * number);
    copy(a, entry + SegmentState.SELECTOR, selector(number));
    copy(a, entry + SegmentState.NULLED, TrapState.nulled(number));
    if (e.mode.kind(number) == CodeMode.BASED) {
      copy(a, entry + SegmentState.BASE, baseOf(number));
    }
  }

  private static int baseOf(int number) {
    return TranslatorState.SEGMENTS + TranslatorState.SEGMENT_BYTES * number + TranslatorState.BASE;
  }

  /** From the entry that VALUE leads to. */
  private static void copy(HostAssembler a, int from, int to) {
    indexed(a, 4, LOAD, ADDRESS, VALUE, from);
    a.memory(4, STORE, ADDRESS, STATE, to);
  }

  private static void indexed(
      HostAssembler a, int size, int opcode, int register, int index, int field) {
    a.memory(size, opcode, register, STATE, index, 0, field);
  }

  private static void compare(Emission e, int field, int value, int stub) {
    e.hot.memory(4, 0x83, CMP, STATE, field);
    e.hot.emit8(value);
    e.jumpIf(NOT_EQUAL, stub);
  }

  /**
   * Goes to {@code stub} if the x87 unit's registers are the host's and the selector is to be
   * another one: {@link UnitState} fills in that of the last operand when it gives them back.
   */
  private static void requireUnitApart(Emission e, int number, int stub) {
    HostAssembler a = e.hot;
    a.memory(4, COMPARE, VALUE, STATE, selector(number));
    int same = a.jump(EQUAL);
    a.memory(1, 0x80, CMP, STATE, UnitState.FPU_OWNED);
    a.emit8(0);
    e.jumpIf(NOT_EQUAL, stub);
    a.landJump(same);
  }
}
