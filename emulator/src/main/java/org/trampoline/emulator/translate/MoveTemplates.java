package org.trampoline.emulator.translate;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.Operation;

/** Data transfers that do not use the stack. */
final class MoveTemplates {
  private static final int ADDRESS = HostRegisters.ADDRESS;
  private static final int VALUE = HostRegisters.VALUE;

  private MoveTemplates() {}

  static boolean move(Emission e, Insn i) {
    int size = i.size0;
    if (i.kind0 == Insn.MEM) {
      toMemory(e, i, size);
    } else if (i.kind1 == Insn.MEM) {
      e.memory.operand(i, size, false);
      GuestRegisters.load(e, i.index0, size);
    } else if (i.kind1 == Insn.REG) {
      boolean highByte = size == 1 && i.index0 >= 4;
      int from =
          highByte
              ? GuestRegisters.copy(e, i.index1, size, VALUE)
              : GuestRegisters.value(e, i.index1, size, VALUE);
      GuestRegisters.set(e, i.index0, size, from);
    } else if (size == 4) {
      e.hot.moveImmediate(HostRegisters.of(i.index0), i.imm);
    } else {
      int to = GuestRegisters.open(e, i.index0, size);
      e.hot.register(size, size == 1 ? 0xc6 : 0xc7, 0, to);
      e.hot.immediate(size, i.imm);
      GuestRegisters.close(e, i.index0, size);
    }
    return true;
  }

  private static void toMemory(Emission e, Insn i, int size) {
    if (i.kind1 == Insn.REG) {
      e.retryHere();
      int from = GuestRegisters.value(e, i.index1, size, VALUE);
      e.memory.probe(i, size, true);
      e.memory.instruction(size, size == 1 ? 0x88 : 0x89, from);
    } else {
      e.memory.operand(i, size, true);
      e.memory.instruction(size, size == 1 ? 0xc6 : 0xc7, 0);
      e.hot.immediate(size, i.imm);
    }
  }

  /** MOVZX and MOVSX; the opcode is that for bytes. */
  static boolean extend(Emission e, Insn i, int opcode) {
    int to = HostRegisters.of(i.index0);
    int from = i.size1 == 1 ? opcode : opcode | 1;
    if (i.kind1 == Insn.MEM) {
      e.memory.operand(i, i.size1, false);
      e.memory.instruction(i.size0, from, to);
    } else {
      int source = GuestRegisters.value(e, i.index1, i.size1, VALUE);
      e.hot.register(i.size0, from, to, source);
    }
    return true;
  }

  static boolean lea(Emission e, Insn i) {
    if (i.size0 == 4) {
      if (i.address16) {
        e.memory.offset(i, ADDRESS);
        e.hot.move(HostRegisters.of(i.index0), ADDRESS);
      } else {
        e.memory.offset(i, HostRegisters.of(i.index0));
      }
    } else {
      e.memory.offset(i, ADDRESS);
      e.hot.register(2, 0x8b, HostRegisters.of(i.index0), ADDRESS);
    }
    return true;
  }

  static boolean exchange(Emission e, Insn i) {
    if (i.kind0 == Insn.MEM || i.kind1 == Insn.MEM) {
      int size = i.kind0 == Insn.MEM ? i.size0 : i.size1;
      int guest = i.kind0 == Insn.MEM ? i.index1 : i.index0;
      e.memory.operand(i, size, true);
      // without a bus lock: no other processor shares the memory
      e.memory.instruction(size, size == 1 ? 0x8a : 0x8b, VALUE);
      exchangeLoaded(e, size, guest);
      return true;
    }
    int size = i.size0;
    e.flags.spill();
    GuestRegisters.copy(e, i.index0, size, VALUE);
    GuestRegisters.copy(e, i.index1, size, ADDRESS);
    GuestRegisters.set(e, i.index0, size, ADDRESS);
    GuestRegisters.set(e, i.index1, size, VALUE);
    return true;
  }

  /** The memory's old value is in {@link #VALUE}; its new one is still in the register. */
  private static void exchangeLoaded(Emission e, int size, int guest) {
    boolean highByte = size == 1 && guest >= 4;
    if (highByte) {
      int open = GuestRegisters.open(e, guest, size);
      e.memory.instruction(size, 0x88, open);
      e.hot.register(size, 0x8a, open, VALUE);
      GuestRegisters.close(e, guest, size);
    } else {
      int register = HostRegisters.of(guest);
      e.memory.instruction(size, size == 1 ? 0x88 : 0x89, register);
      e.hot.register(size, size == 1 ? 0x8a : 0x8b, register, VALUE);
    }
  }

  /** CMOVcc: memory is read whatever the condition says. */
  static boolean conditional(Emission e, Insn i) {
    int size = i.size0;
    int from;
    if (i.kind1 == Insn.MEM) {
      e.memory.operand(i, size, false);
      e.memory.instruction(size, 0x8b, VALUE);
      from = VALUE;
    } else {
      from = HostRegisters.of(i.index1);
    }
    int condition = e.flags.condition(i.condition);
    e.hot.register(size, 0x0f40 | condition, HostRegisters.of(i.index0), from);
    return true;
  }

  static boolean setCondition(Emission e, Insn i) {
    if (i.kind0 == Insn.MEM) {
      e.memory.operand(i, 1, true);
      // the host's flags are lost already
      int condition = e.flags.condition(i.condition);
      e.memory.instruction(1, 0x0f90 | condition, 0);
    } else {
      int condition = e.flags.condition(i.condition);
      e.hot.setCondition(condition, VALUE);
      GuestRegisters.set(e, i.index0, 1, VALUE);
    }
    return true;
  }

  static boolean extendAccumulator(Emission e, Insn i) {
    HostAssembler a = e.hot;
    int eax = HostRegisters.EAX;
    int edx = HostRegisters.of(Cpu.EDX);
    if (i.operation == Operation.CBW) {
      a.register(2, 0x0fbe, eax, eax);
    } else if (i.operation == Operation.CWDE) {
      a.register(4, 0x0fbf, eax, eax);
    } else {
      boolean wide = i.operation == Operation.CDQ;
      e.flags.spill();
      a.register(4, wide ? 0x8b : 0x0fbf, VALUE, eax);
      a.shift(4, 7, VALUE, 31);
      a.register(wide ? 4 : 2, 0x8b, edx, VALUE);
    }
    return true;
  }

  static boolean translate(Emission e, Insn i) {
    HostAssembler a = e.hot;
    e.retryHere();
    a.register(4, 0x0fb6, ADDRESS, HostRegisters.EAX);
    a.memory(4, 0x8d, ADDRESS, HostRegisters.of(Cpu.EBX), ADDRESS, 0, 0);
    if (i.address16) {
      a.register(4, 0x0fb7, ADDRESS, ADDRESS);
    }
    e.memory.access(i.segment, 1, false);
    GuestRegisters.load(e, Cpu.EAX, 1);
    return true;
  }
}
