package org.trampoline.emulator.translate;

import static org.trampoline.emulator.translate.HostOpcodes.ABOVE;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Insn;

/** PUSH, POP, LEAVE, on stacks of either width. */
final class StackTemplates {
  private static final int ADDRESS = HostRegisters.ADDRESS;
  private static final int ADDEND = HostRegisters.ADDEND;
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
    e.memory.stack(ESP, -size, size, true);
  }

  /** Probes the top of the stack for reading; the operand is there until ESP changes. */
  static void probePop(Emission e, int size) {
    e.memory.stack(ESP, 0, size, false);
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
    boolean aboveStack = i.kind0 == Insn.MEM && i.base == Cpu.ESP;
    if (aboveStack && !e.mode.stack32) {
      return false;
    }
    e.retryHere();
    probePop(e, size);
    if (i.kind0 == Insn.REG && i.index0 != Cpu.ESP) {
      e.memory.instruction(size, 0x8b, HostRegisters.of(i.index0));
      release(e, size);
      return true;
    }
    e.memory.instruction(size, 0x8b, VALUE);
    if (i.kind0 == Insn.REG) {
      release(e, size);
      e.hot.register(size, 0x8b, ESP, VALUE);
      return true;
    }
    e.memory.offset(i, ADDRESS);
    if (aboveStack) {
      // the address is computed with the pointer as it is after the pop
      e.hot.arithmeticImmediate(4, 0, ADDRESS, size);
    }
    e.memory.access(i.segment, size, true);
    e.memory.instruction(size, 0x89, VALUE);
    release(e, size);
    return true;
  }

  /** PUSHA, PUSHAD: all eight stores are probed at once. */
  static boolean pushAll(Emission e, Insn i) {
    int size = i.operandSize;
    e.retryHere();
    e.hot.memory(4, 0x8d, ADDRESS, ESP, -8 * size);
    if (!e.mode.stack32) {
      e.hot.register(4, 0x0fb7, ADDRESS, ADDRESS);
    }
    e.memory.stores(SegmentRegister.SS, 8 * size);
    for (int k = 0; k < 8; k++) {
      e.memory.instruction(size, 0x89, HostRegisters.of(k), (7 - k) * size);
    }
    release(e, -8 * size);
    return true;
  }

  /** POPA, POPAD: SP's value is passed over. */
  static boolean popAll(Emission e, Insn i) {
    int size = i.operandSize;
    e.retryHere();
    e.hot.move(ADDRESS, ESP);
    probe(e, 8 * size, false);
    for (int k = 0; k < 8; k++) {
      if (k != Cpu.ESP) {
        e.memory.instruction(size, 0x8b, HostRegisters.of(k), (7 - k) * size);
      }
    }
    release(e, 8 * size);
    return true;
  }

  /**
   * ENTER of level 0 on a 32-bit stack without limit. The new top of the stack must be writable,
   * too, so it has to lie in the page of the frame pointer that is written.
   */
  static boolean enter(Emission e, Insn i) {
    int size = i.operandSize;
    if ((i.imm2 & 31) != 0 || !e.mode.stack32 || e.mode.limited(SegmentRegister.SS)) {
      return false;
    }
    int ebp = HostRegisters.of(Cpu.EBP);
    int bytes = size + (i.imm & 0xffff);
    e.retryHere();
    e.hot.memory(4, 0x8d, ADDRESS, ESP, -size);
    if (i.imm != 0) {
      e.hot.memory(4, 0x8d, VALUE, ESP, -bytes);
      linear(e, VALUE);
      e.hot.move(ADDEND, ADDRESS);
      linear(e, ADDEND);
      e.hot.register(4, 0x33, VALUE, ADDEND);
      e.hot.compare(VALUE, 0xfff);
      e.exitIf(ABOVE, Exit.INTERPRET);
    }
    probe(e, size, true);
    e.memory.instruction(size, 0x89, ebp);
    e.hot.memory(4, 0x8d, ADDRESS, ESP, -size);
    e.hot.register(size, 0x8b, ebp, ADDRESS);
    release(e, -bytes);
    return true;
  }

  /** Makes an offset into the stack segment a linear address. */
  private static void linear(Emission e, int register) {
    if (e.mode.kind(SegmentRegister.SS) != CodeMode.FLAT) {
      int base = TranslatorState.SEGMENTS + TranslatorState.SEGMENT_BYTES * SegmentRegister.SS;
      e.hot.memory(4, 0x03, register, HostRegisters.STATE, base + TranslatorState.BASE);
    }
  }

  static boolean leave(Emission e, Insn i) {
    int size = i.operandSize;
    int ebp = HostRegisters.of(Cpu.EBP);
    e.retryHere();
    e.memory.stack(ebp, 0, size, false);
    e.memory.instruction(size, 0x8b, VALUE);
    int width = e.mode.stack32 ? 4 : 2;
    e.hot.memory(width, 0x8d, ESP, ebp, size);
    e.hot.register(size, 0x8b, ebp, VALUE);
    return true;
  }
}
