package org.trampoline.emulator.translate;

import static org.trampoline.emulator.translate.HostOpcodes.NOT_EQUAL;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Insn;

/**
 * XADD, CMPXCHG and CMPXCHG8B. They need no bus lock, with or without the prefix: the processors of
 * a machine take turns, and a store that is not all in RAM is left to the interpreter.
 */
final class AtomicTemplates {
  private static final int VALUE = HostRegisters.VALUE;
  private static final int FLAGS = HostRegisters.FLAGS;
  private static final int EAX = HostRegisters.EAX;
  private static final int ADD = 0x00;

  /** ZF in {@link HostRegisters#FLAGS}. */
  private static final int ZERO = 0x4000;

  private AtomicTemplates() {}

  private static int wide(int size, int opcode) {
    return size == 1 ? opcode : opcode | 1;
  }

  private static boolean highByte(int size, int guest) {
    return size == 1 && guest >= 4;
  }

  static boolean exchangeAdd(Emission e, Insn i) {
    int size = i.size0;
    HostAssembler a = e.hot;
    if (i.kind0 == Insn.MEM) {
      e.memory.operand(i, size, true);
      int source = GuestRegisters.open(e, i.index1, size);
      e.memory.instruction(size, wide(size, 0x8a), VALUE);
      e.memory.instruction(size, wide(size, ADD), source);
      e.flags.produced(FlagState.Kind.ARITHMETIC, e.live);
      a.register(size, wide(size, 0x8a), source, VALUE);
      GuestRegisters.close(e, i.index1, size);
      return true;
    }
    if (highByte(size, i.index0) || highByte(size, i.index1)) {
      return false;
    }
    int target = HostRegisters.of(i.index0);
    int source = HostRegisters.of(i.index1);
    a.move(VALUE, target);
    a.register(size, wide(size, ADD), source, target);
    e.flags.produced(FlagState.Kind.ARITHMETIC, e.live);
    if (source != target) {
      a.register(size, wide(size, 0x8a), source, VALUE);
    }
    return true;
  }

  static boolean compareExchange(Emission e, Insn i) {
    int size = i.size0;
    boolean memory = i.kind0 == Insn.MEM;
    if (highByte(size, i.index1) || !memory && highByte(size, i.index0)) {
      return false;
    }
    HostAssembler a = e.hot;
    int source = HostRegisters.of(i.index1);
    int target = VALUE;
    if (memory) {
      e.memory.operand(i, size, true);
      e.memory.instruction(size, wide(size, 0x8a), VALUE);
    } else {
      target = HostRegisters.of(i.index0);
    }
    a.register(size, wide(size, 0x38), target, EAX);
    e.flags.produced(FlagState.Kind.ARITHMETIC, e.live);
    int differ = a.jumpShort(NOT_EQUAL);
    if (memory) {
      e.memory.instruction(size, wide(size, 0x88), source);
    } else {
      a.register(size, wide(size, 0x8a), target, source);
    }
    int equal = a.jumpShort();
    a.land(differ);
    a.register(size, wide(size, 0x8a), EAX, target);
    a.land(equal);
    return true;
  }

  /** CMPXCHG8B, which changes ZF only. */
  static boolean compareExchange8(Emission e, Insn i) {
    HostAssembler a = e.hot;
    int edx = HostRegisters.of(Cpu.EDX);
    e.memory.operand(i, 8, true);
    e.flags.bringHome();
    e.memory.instruction(4, 0x3b, EAX);
    int low = e.checks.jumpOver(NOT_EQUAL);
    e.memory.instruction(4, 0x3b, edx, 4);
    int high = e.checks.jumpOver(NOT_EQUAL);
    e.memory.instruction(4, 0x89, HostRegisters.of(Cpu.EBX));
    e.memory.instruction(4, 0x89, HostRegisters.of(Cpu.ECX), 4);
    a.arithmeticImmediate(4, 1, FLAGS, ZERO);
    int equal = e.checks.jumpOver();
    e.checks.land(low);
    e.checks.land(high);
    e.memory.instruction(4, 0x8b, EAX);
    e.memory.instruction(4, 0x8b, edx, 4);
    a.and(FLAGS, ~ZERO);
    e.checks.land(equal);
    e.flags.atHome();
    return true;
  }
}
