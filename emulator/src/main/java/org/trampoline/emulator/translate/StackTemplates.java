package org.trampoline.emulator.translate;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Insn;

/** PUSH, POP, LEAVE, on stacks of either width. */
final class StackTemplates {
  private static final int ADDRESS = HostRegisters.ADDRESS;
  private static final int VALUE = HostRegisters.VALUE;
  private static final int ESP = HostRegisters.ESP;

  private StackTemplates() {}

  static boolean push(Emission e, Insn i) {
    int size = i.operandSize;
    e.retryHere();
    int from = VALUE;
    if (i.kind0 == Insn.MEM) {
      e.memory.probe(i, size, false);
      e.memory.instruction(size, 0x8b, VALUE);
    } else if (i.kind0 == Insn.REG) {
      from = HostRegisters.of(i.index0);
    }
    probePush(e, size);
    if (i.kind0 == Insn.IMM) {
      e.memory.instruction(size, 0xc7, 0);
      e.hot.immediate(size, i.imm);
    } else {
      e.memory.instruction(size, 0x89, from);
    }
    release(e, -size);
    return true;
  }

  /** Probes where the next push of {@code size} bytes goes. */
  static void probePush(Emission e, int size) {
    e.hot.memory(4, 0x8d, ADDRESS, ESP, -size);
    probe(e, size, true);
  }

  /** Probes the top of the stack for reading. */
  static void probePop(Emission e, int size) {
    e.hot.move(ADDRESS, ESP);
    probe(e, size, false);
  }

  private static void probe(Emission e, int size, boolean write) {
    if (!e.mode.stack32) {
      e.hot.register(4, 0x0fb7, ADDRESS, ADDRESS);
    }
    e.memory.access(SegmentRegister.SS, size, write);
  }

  /** Moves the stack pointer up; the host's flags stay. */
  static void release(Emission e, int bytes) {
    if (e.mode.stack32) {
      e.hot.memory(4, 0x8d, ESP, ESP, bytes);
    } else {
      e.hot.memory(2, 0x8d, ESP, ESP, bytes);
    }
  }

  static boolean pop(Emission e, Insn i) {
    int size = i.operandSize;
    if (i.kind0 != Insn.REG) {
      return false;
    }
    e.retryHere();
    probePop(e, size);
    release(e, size);
    e.memory.instruction(size, 0x8b, HostRegisters.of(i.index0));
    return true;
  }

  /** PUSHAD on a 32-bit stack: all eight stores are probed at once. */
  static boolean pushAll(Emission e, Insn i) {
    if (i.operandSize != 4 || !e.mode.stack32) {
      return false;
    }
    e.retryHere();
    e.hot.memory(4, 0x8d, ADDRESS, ESP, -32);
    probe(e, 32, true);
    for (int k = 0; k < 8; k++) {
      e.memory.instruction(4, 0x89, HostRegisters.of(k), 28 - 4 * k);
    }
    release(e, -32);
    return true;
  }

  /** POPAD: ESP's value is passed over. */
  static boolean popAll(Emission e, Insn i) {
    if (i.operandSize != 4 || !e.mode.stack32) {
      return false;
    }
    e.retryHere();
    e.hot.move(ADDRESS, ESP);
    probe(e, 32, false);
    for (int k = 0; k < 8; k++) {
      if (k != Cpu.ESP) {
        e.memory.instruction(4, 0x8b, HostRegisters.of(k), 28 - 4 * k);
      }
    }
    release(e, 32);
    return true;
  }

  static boolean leave(Emission e, Insn i) {
    int size = i.operandSize;
    int ebp = HostRegisters.of(Cpu.EBP);
    e.retryHere();
    e.hot.move(ADDRESS, ebp);
    probe(e, size, false);
    e.memory.instruction(size, 0x8b, VALUE);
    int width = e.mode.stack32 ? 4 : 2;
    e.hot.memory(width, 0x8d, ESP, ebp, size);
    e.hot.register(size, 0x8b, ebp, VALUE);
    return true;
  }
}
