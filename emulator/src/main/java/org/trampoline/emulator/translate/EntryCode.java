package org.trampoline.emulator.translate;

import static org.trampoline.emulator.translate.HostOpcodes.BELOW;
import static org.trampoline.emulator.translate.HostOpcodes.SHL;
import static org.trampoline.emulator.translate.HostOpcodes.SHR;

import org.trampoline.emulator.memory.PhysicalMemory;
import org.trampoline.emulator.memory.TranslationMap;

/** The code through which translated code is entered from Java and left again. */
final class EntryCode {
  private static final int RET = 0xc3;
  private static final int BT = 0x0fa3;
  private static final int CARRY = 2;
  private static final int ABOVE_OR_EQUAL = 3;
  private static final int ZERO = 4;
  private static final int NOT_ZERO = 5;
  private static final int LINE_SHIFT = Integer.numberOfTrailingZeros(PhysicalMemory.CODE_LINE);

  /** What the System V calling convention wants preserved, in the order of pushing. */
  private static final int[] SAVED = {
    HostAssembler.RBX,
    HostAssembler.RBP,
    HostAssembler.R12,
    HostAssembler.R13,
    HostAssembler.R14,
    HostAssembler.R15
  };

  /** Offset of the entry: {@code int enter(long state, long code)}. */
  final int enter;

  /** Offset of what all ways out have in common: r15d is the number of the {@link Exit}. */
  final int common;

  /** Offset of the way out for each {@link Exit}: r11d is the record, r10d the address. */
  final int[] exits = new int[Exit.values().length];

  /**
   * Offset of a routine that looks up {@link HostRegisters#ADDRESS} in the map for writes beside
   * code: {@link HostRegisters#ADDEND} is then the addend, or 0, which the host's ZF says, too. A
   * store to a page table that was granted is one, too, once.
   */
  final int besideCode;

  private EntryCode(HostAssembler a, boolean checked) {
    enter = a.length();
    for (int r : SAVED) {
      push(a, r);
    }
    a.emit8(0x48, 0x83, 0xec, 8); // sub rsp,8: aligned to 16 again
    a.register(8, 0x8b, HostRegisters.STATE, HostAssembler.RDI);
    a.register(8, 0x8b, HostAssembler.R11, HostAssembler.RSI);
    a.memory(8, 0x8b, HostRegisters.VIEW, HostRegisters.STATE, TranslatorState.VIEW);
    a.memory(4, 0x8b, HostRegisters.BUDGET, HostRegisters.STATE, TranslatorState.BUDGET);
    a.memory(4, 0x8b, HostRegisters.FLAGS, HostRegisters.STATE, TranslatorState.FLAGS);
    UnitCode.load(a);
    guestRegisters(a, 0x8b);
    a.register(4, 0xff, 4, HostAssembler.R11); // jmp r11

    common = a.length();
    a.memory(4, 0x89, HostRegisters.FLAGS, HostRegisters.STATE, TranslatorState.FLAGS);
    a.memory(4, 0x89, HostAssembler.R11, HostRegisters.STATE, TranslatorState.RECORD);
    a.memory(8, 0x89, HostRegisters.ADDRESS, HostRegisters.STATE, TranslatorState.ADDRESS);
    a.memory(4, 0x89, HostRegisters.BUDGET, HostRegisters.STATE, TranslatorState.BUDGET);
    guestRegisters(a, 0x89);
    UnitCode.save(a);
    a.move(HostAssembler.RAX, HostRegisters.VALUE);
    a.emit8(0x48, 0x83, 0xc4, 8); // add rsp,8
    for (int i = SAVED.length - 1; i >= 0; i--) {
      pop(a, SAVED[i]);
    }
    a.emit8(RET);
    for (int exit = 0; exit < exits.length; exit++) {
      exits[exit] = a.length();
      a.moveImmediate(HostRegisters.VALUE, exit);
      a.emit8(0xe9);
      a.emit32(common - (a.length() + 4));
    }
    besideCode = a.length();
    besideCode(a, checked);
  }

  private static void besideCode(HostAssembler a, boolean checked) {
    int address = HostRegisters.ADDRESS;
    int addend = HostRegisters.ADDEND;
    int rax = HostAssembler.RAX;
    int rcx = HostAssembler.RCX;
    int map = (int) TranslationMap.WRITE_BESIDE_CODE;
    a.move(addend, address);
    a.shift(4, SHR, addend, 12);
    a.memory(4, 0x3b, addend, HostRegisters.STATE, TranslatorState.GRANTED_PAGE);
    int other = a.jumpShort(NOT_ZERO);
    a.memory(4, 0xc7, 0, HostRegisters.STATE, TranslatorState.GRANTED_PAGE);
    a.emit32(-1);
    a.memory(8, 0x8b, addend, HostRegisters.STATE, TranslatorState.GRANTED_ADDEND);
    a.register(8, 0x85, addend, addend);
    a.emit8(RET);
    a.land(other);
    a.memory(8, 0x8b, addend, HostRegisters.VIEW, addend, 3, map);
    a.register(8, 0x85, addend, addend);
    int unknown = a.jumpShort(ZERO);
    push(a, rax);
    push(a, rcx);
    a.memory(8, 0x8d, rax, address, addend, 0, 0);
    // debug mode: an address elsewhere has no code lines, and is told by who uses the addend
    int below = checked ? outside(a, rax, TranslatorState.RAM_START, BELOW) : 0;
    int above = checked ? outside(a, rax, TranslatorState.RAM_END, ABOVE_OR_EQUAL) : 0;
    a.memory(8, 0x2b, rax, HostRegisters.STATE, TranslatorState.RAM_START);
    a.shift(8, SHR, rax, 12);
    a.shift(8, SHL, rax, PhysicalMemory.CODE_LINES_SHIFT);
    a.memory(8, 0x03, rax, HostRegisters.STATE, TranslatorState.CODE_LINES);
    a.memory(8, 0x8b, rax, rax, 0);
    // the lines of the first byte and of the last that an access has, which is 16 bytes at most
    a.move(rcx, address);
    a.shift(4, SHR, rcx, LINE_SHIFT);
    a.register(8, BT, rcx, rax);
    int code = a.jumpShort(CARRY);
    a.memory(4, 0x8d, rcx, address, 15);
    a.shift(4, SHR, rcx, LINE_SHIFT);
    a.register(8, BT, rcx, rax);
    int codeBehind = a.jumpShort(CARRY);
    if (checked) {
      a.land(below);
      a.land(above);
    }
    pop(a, rcx);
    pop(a, rax);
    a.register(8, 0x85, addend, addend);
    a.emit8(RET);
    a.land(code);
    a.land(codeBehind);
    pop(a, rcx);
    pop(a, rax);
    a.register(4, 0x31, addend, addend);
    a.land(unknown);
    a.emit8(RET);
  }

  private static int outside(HostAssembler a, int register, int bound, int condition) {
    a.memory(8, 0x3b, register, HostRegisters.STATE, bound);
    return a.jumpShort(condition);
  }

  private static void guestRegisters(HostAssembler a, int opcode) {
    for (int g = 0; g < 8; g++) {
      int offset = TranslatorState.REGISTERS + 4 * g;
      a.memory(4, opcode, HostRegisters.of(g), HostRegisters.STATE, offset);
    }
  }

  private static void push(HostAssembler a, int register) {
    if (register > 7) {
      a.emit8(0x41);
    }
    a.emit8(0x50 | register & 7);
  }

  private static void pop(HostAssembler a, int register) {
    if (register > 7) {
      a.emit8(0x41);
    }
    a.emit8(0x58 | register & 7);
  }

  /**
   * Emits it into an empty assembler.
   *
   * @param checked debug mode, see {@link AddressChecks}
   */
  static EntryCode emit(HostAssembler a, boolean checked) {
    return new EntryCode(a, checked);
  }
}
