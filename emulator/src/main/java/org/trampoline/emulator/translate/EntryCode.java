package org.trampoline.emulator.translate;

/** The code through which translated code is entered from Java and left again. */
final class EntryCode {
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

  /** Offset of the way out for each {@link Exit}: r11d is the record, r10d the address. */
  final int[] exits = new int[Exit.values().length];

  private EntryCode(HostAssembler a) {
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

    int common = a.length();
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
    a.emit8(0xc3);
    for (int exit = 0; exit < exits.length; exit++) {
      exits[exit] = a.length();
      a.moveImmediate(HostRegisters.VALUE, exit);
      a.emit8(0xe9);
      a.emit32(common - (a.length() + 4));
    }
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

  /** Emits it into an empty assembler. */
  static EntryCode emit(HostAssembler a) {
    return new EntryCode(a);
  }
}
