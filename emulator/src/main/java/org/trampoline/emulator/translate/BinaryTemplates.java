package org.trampoline.emulator.translate;

import static org.trampoline.emulator.translate.HostOpcodes.CMP;

import org.trampoline.emulator.decode.Insn;

/** ADD, OR, ADC, SBB, AND, SUB, XOR, CMP and TEST, in this order from 0. */
final class BinaryTemplates {
  static final int TEST = 8;
  private static final int ADD = 0;
  private static final int ADC = 2;
  private static final int SBB = 3;
  private static final int SUB = 5;
  private static final int VALUE = HostRegisters.VALUE;

  private BinaryTemplates() {}

  static boolean binary(Emission e, Insn i, int operation) {
    int size = i.size0;
    if (i.kind0 == Insn.MEM) {
      toMemory(e, i, size, operation);
    } else if (i.kind1 == Insn.MEM) {
      e.memory.operand(i, size, false);
      int to = GuestRegisters.open(e, i.index0, size);
      carry(e, operation);
      if (e.flags.defers() && (operation == ADD || operation == SUB)) {
        e.hot.memory(4, 0x89, to, HostRegisters.STATE, TranslatorState.OLD_VALUE);
      }
      e.memory.instruction(size, fromOperand(size, operation), to);
      produced(e, operation);
      GuestRegisters.close(e, i.index0, size);
    } else {
      toRegister(e, i, size, operation);
    }
    return true;
  }

  private static void toRegister(Emission e, Insn i, int size, int operation) {
    boolean highByte = size == 1 && i.index0 >= 4;
    if (i.kind1 == Insn.REG) {
      // a high byte is rotated into place, which moves what else the register holds
      int from =
          highByte
              ? GuestRegisters.copy(e, i.index1, size, VALUE)
              : GuestRegisters.value(e, i.index1, size, VALUE);
      int to = GuestRegisters.open(e, i.index0, size);
      carry(e, operation);
      e.hot.register(size, toOperand(size, operation), from, to);
    } else {
      int to = GuestRegisters.open(e, i.index0, size);
      carry(e, operation);
      immediate(e, size, operation, to, i.imm);
    }
    produced(e, operation);
    GuestRegisters.close(e, i.index0, size);
  }

  private static void immediate(Emission e, int size, int operation, int to, int value) {
    if (operation == TEST) {
      e.hot.register(size, size == 1 ? 0xf6 : 0xf7, 0, to);
      e.hot.immediate(size, value);
    } else {
      e.hot.arithmeticImmediate(size, operation, to, size == 2 ? (short) value : value);
    }
  }

  private static void toMemory(Emission e, Insn i, int size, int operation) {
    int from = 0;
    boolean register = i.kind1 == Insn.REG;
    e.retryHere();
    if (register) {
      from = GuestRegisters.value(e, i.index1, size, VALUE);
    }
    e.memory.probe(i, size, operation < CMP);
    carry(e, operation);
    if (register) {
      e.memory.instruction(size, toOperand(size, operation), from);
    } else if (operation == TEST) {
      e.memory.instruction(size, size == 1 ? 0xf6 : 0xf7, 0);
      e.hot.immediate(size, i.imm);
    } else if (size != 1 && i.imm == (byte) i.imm) {
      e.memory.instruction(size, 0x83, operation);
      e.hot.emit8(i.imm);
    } else {
      e.memory.instruction(size, size == 1 ? 0x80 : 0x81, operation);
      e.hot.immediate(size, i.imm);
    }
    produced(e, operation);
  }

  private static int toOperand(int size, int operation) {
    int opcode = operation == TEST ? 0x84 : operation << 3;
    return size == 1 ? opcode : opcode | 1;
  }

  private static int fromOperand(int size, int operation) {
    return operation == TEST ? toOperand(size, operation) : toOperand(size, operation) | 2;
  }

  private static void carry(Emission e, int operation) {
    if (operation == ADC || operation == SBB) {
      e.flags.loadCarry();
    }
  }

  private static void produced(Emission e, int operation) {
    boolean logic = operation == 1 || operation == 4 || operation == 6 || operation == TEST;
    e.flags.produced(logic ? FlagState.Kind.LOGIC : FlagState.Kind.ARITHMETIC, e.live);
  }
}
