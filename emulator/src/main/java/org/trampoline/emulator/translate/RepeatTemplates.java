package org.trampoline.emulator.translate;

import static org.trampoline.emulator.translate.HostOpcodes.ABOVE;
import static org.trampoline.emulator.translate.HostOpcodes.BELOW;
import static org.trampoline.emulator.translate.HostOpcodes.SHL;
import static org.trampoline.emulator.translate.HostOpcodes.SHR;
import static org.trampoline.emulator.translate.HostOpcodes.SIGN;
import static org.trampoline.emulator.translate.HostRegisters.ADDEND;
import static org.trampoline.emulator.translate.HostRegisters.ADDRESS;
import static org.trampoline.emulator.translate.HostRegisters.STATE;
import static org.trampoline.emulator.translate.HostRegisters.VALUE;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Insn;

/**
 * Repeated string instructions. What lies in one page of each operand, and does not wrap around its
 * segment, is done at once by the host's instruction; then the registers are the guest's again and
 * the next pages are probed, so that a fault finds exactly the elements before it done. An element
 * that straddles pages is the shared semantics'.
 */
final class RepeatTemplates {
  private static final int RAX = HostAssembler.RAX;
  private static final int RCX = HostAssembler.RCX;
  private static final int RSI = HostAssembler.RSI;
  private static final int RDI = HostAssembler.RDI;

  private static final int ZERO = 4;
  private static final int NOT_ZERO = 5;
  private static final int LESS = 12;

  private static final int ADD = 0;
  private static final int SUB = 5;

  private final Emission e;
  private final HostAssembler a;
  private final Insn i;
  private final int size;
  private final int log;

  /** Bytes of pointers and counter that change. */
  private final int width;

  private final boolean source;
  private final boolean destination;
  private final boolean compares;
  private boolean down;

  private RepeatTemplates(Emission e, Insn i) {
    this.e = e;
    this.i = i;
    a = e.hot;
    size = i.size0;
    log = size == 4 ? 2 : size - 1;
    width = i.address16 ? 2 : 4;
    source =
        switch (i.operation) {
          case MOVS, CMPS, LODS -> true;
          default -> false;
        };
    destination =
        switch (i.operation) {
          case MOVS, CMPS, STOS, SCAS -> true;
          default -> false;
        };
    compares =
        switch (i.operation) {
          case CMPS, SCAS -> true;
          default -> false;
        };
  }

  static boolean emit(Emission e, Insn i) {
    new RepeatTemplates(e, i).both();
    return true;
  }

  private void both() {
    e.retryHere();
    int start = e.hotOffset();
    a.register(width, 0x85, RCX, RCX);
    int none = a.jump(ZERO);
    a.memory(4, 0x83, SUB, STATE, TranslatorState.REPEAT_ROUNDS);
    a.emit8(1);
    e.exitIf(SIGN, Exit.REPEAT);
    a.memory(4, 0x83, 7, STATE, TranslatorState.DIRECTION);
    a.emit8(0);
    int backward = a.jump(LESS);
    down = false;
    int[] ends = chunk(start);
    a.landJump(backward);
    down = true;
    int[] others = chunk(start);
    a.landJump(none);
    for (int k = 0; k < ends.length; k++) {
      a.landJump(ends[k]);
      a.landJump(others[k]);
    }
    e.flags.atHome();
  }

  /** One round; returns the jumps that leave it because all is done. */
  private int[] chunk(int start) {
    if (compares) {
      operand(Cpu.EDI, SegmentRegister.ES, false, TranslatorState.REPEAT_DESTINATION);
    }
    if (source) {
      operand(Cpu.ESI, i.segment, false, TranslatorState.REPEAT_SOURCE);
    }
    if (destination && !compares) {
      operand(Cpu.EDI, SegmentRegister.ES, true, TranslatorState.REPEAT_DESTINATION);
    }
    elements();
    check();
    a.register(width, 0x2b, RCX, RAX);
    a.move(ADDEND, RCX); // what is left for later
    a.move(RCX, RAX);
    exchange();
    perform();
    // rax: elements done, less than tried if a comparison has ended it
    advance();
    return proceed(start);
  }

  /** Probes the first element and keeps its host address. */
  private void operand(int pointer, int segment, boolean write, int field) {
    a.register(4, i.address16 ? 0x0fb7 : 0x8b, ADDRESS, HostRegisters.of(pointer));
    e.memory.element(segment, size, write);
    a.register(8, 0x03, ADDRESS, ADDEND);
    a.memory(8, 0x89, ADDRESS, STATE, field);
  }

  /** How many elements can be done at once, 1 or more, into rax, which does not hold the flags. */
  private void elements() {
    a.memory(4, 0x89, RAX, STATE, TranslatorState.FLAGS);
    inPage();
    if (i.address16) {
      inOffsets();
    }
    if (source) {
      inSegment(Cpu.ESI, i.segment, false);
    }
    if (destination) {
      inSegment(Cpu.EDI, SegmentRegister.ES, !compares);
    }
    a.register(4, i.address16 ? 0x0fb7 : 0x8b, ADDEND, RCX);
    minimum(4);
  }

  /** rax becomes {@link HostRegisters#ADDEND} if that is less. */
  private void minimum(int bytes) {
    a.register(bytes, 0x3b, RAX, ADDEND);
    a.register(bytes, 0x0f40 | ABOVE, RAX, ADDEND);
  }

  /** The elements from each operand to the end of its page. */
  private void inPage() {
    int first = source ? TranslatorState.REPEAT_SOURCE : TranslatorState.REPEAT_DESTINATION;
    a.memory(4, 0x8b, RAX, STATE, first);
    a.and(RAX, 0xfff);
    if (source && destination) {
      a.memory(4, 0x8b, ADDEND, STATE, TranslatorState.REPEAT_DESTINATION);
      a.and(ADDEND, 0xfff);
      a.register(4, 0x3b, RAX, ADDEND);
      a.register(4, 0x0f40 | (down ? ABOVE : BELOW), RAX, ADDEND);
    }
    if (!down) {
      a.register(4, 0xf7, 3, RAX); // neg
      a.arithmeticImmediate(4, ADD, RAX, 0x1000);
    }
    a.shift(4, SHR, RAX, log);
    if (down) {
      a.arithmeticImmediate(4, ADD, RAX, 1);
    }
  }

  /** As {@link #inPage}, to the end of the 64 KB that 16-bit offsets reach. */
  private void inOffsets() {
    int first = source ? RSI : RDI;
    a.register(4, 0x0fb7, ADDEND, first);
    if (source && destination) {
      a.register(4, 0x0fb7, ADDRESS, RDI);
      a.register(4, 0x3b, ADDEND, ADDRESS);
      a.register(4, 0x0f40 | (down ? ABOVE : BELOW), ADDEND, ADDRESS);
    }
    if (!down) {
      a.register(4, 0xf7, 3, ADDEND);
      a.arithmeticImmediate(4, ADD, ADDEND, 0x10000 + size - 1);
    }
    a.shift(4, SHR, ADDEND, log);
    if (down) {
      a.arithmeticImmediate(4, ADD, ADDEND, 1);
    }
    minimum(4);
  }

  /** As {@link #inPage}, to the end of a segment that has one; the first element is within. */
  private void inSegment(int pointer, int segment, boolean write) {
    if (!e.mode.limited(segment)) {
      return;
    }
    int at = TranslatorState.SEGMENTS + TranslatorState.SEGMENT_BYTES * segment;
    a.register(4, i.address16 ? 0x0fb7 : 0x8b, ADDRESS, HostRegisters.of(pointer));
    if (down) {
      int low = write ? TranslatorState.LOW_WRITE : TranslatorState.LOW_READ;
      a.move(ADDEND, ADDRESS);
      a.memory(8, 0x2b, ADDEND, STATE, at + low);
      a.shift(8, SHR, ADDEND, log);
      a.arithmeticImmediate(8, ADD, ADDEND, 1);
    } else {
      a.memory(8, 0x8b, ADDEND, STATE, at + TranslatorState.HIGH);
      a.register(8, 0x2b, ADDEND, ADDRESS);
      a.arithmeticImmediate(8, ADD, ADDEND, 1);
      a.shift(8, SHR, ADDEND, log);
    }
    minimum(8);
  }

  /** Debug mode: the first element and the last of each operand. */
  private void check() {
    if (e.checks.on() && source) {
      check(TranslatorState.REPEAT_SOURCE);
    }
    if (e.checks.on() && destination) {
      check(TranslatorState.REPEAT_DESTINATION);
    }
  }

  private void check(int field) {
    a.memory(8, 0x8b, ADDRESS, STATE, field);
    e.checks.host(ADDRESS, size);
    a.memory(4, 0x8d, ADDEND, RAX, -1);
    a.shift(4, SHL, ADDEND, log);
    a.register(8, down ? 0x2b : 0x03, ADDRESS, ADDEND);
    e.checks.host(ADDRESS, size);
  }

  /**
   * The pointers become host addresses; the guest's go to {@link HostRegisters#ADDRESS} and the
   * state block.
   */
  private void exchange() {
    if (source) {
      a.move(ADDRESS, RSI);
      a.memory(8, 0x8b, RSI, STATE, TranslatorState.REPEAT_SOURCE);
    }
    if (destination) {
      a.move(VALUE, RDI);
      a.memory(8, 0x8b, RDI, STATE, TranslatorState.REPEAT_DESTINATION);
    }
    a.memory(4, 0x89, RAX, STATE, TranslatorState.REPEAT_ELEMENTS);
  }

  private void perform() {
    switch (i.operation) {
      case LODS -> {
        loadLast();
        return;
      }
      case STOS, SCAS -> a.move(RAX, HostRegisters.EAX);
      default -> {}
    }
    if (down) {
      a.emit8(0xfd); // std
    }
    a.emit8(i.repne ? 0xf2 : 0xf3);
    if (size == 2) {
      a.emit8(0x66);
    }
    int opcode =
        switch (i.operation) {
          case MOVS -> 0xa4;
          case CMPS -> 0xa6;
          case STOS -> 0xaa;
          default -> 0xae;
        };
    a.emit8(size == 1 ? opcode : opcode + 1);
    if (down) {
      a.emit8(0xfc); // cld, as Java expects it
    }
    if (compares) {
      a.emit8(0x9f); // lahf
      a.setCondition(0, RAX);
      a.memory(4, 0x89, RAX, STATE, TranslatorState.FLAGS);
    }
  }

  /** LODS: only the last element can be seen. */
  private void loadLast() {
    a.arithmeticImmediate(4, SUB, RCX, 1);
    if (down) {
      a.register(8, 0xf7, 3, RCX);
    }
    int opcode = size == 1 ? 0x8a : 0x8b;
    a.memory(size, opcode, HostRegisters.EAX, RSI, RCX, log, 0);
    a.register(4, 0x31, RCX, RCX);
  }

  /** Gives pointers and counter their new values. */
  private void advance() {
    a.memory(4, 0x8b, RAX, STATE, TranslatorState.REPEAT_ELEMENTS);
    if (compares) {
      a.register(4, 0x2b, RAX, RCX);
      a.register(width, 0x03, ADDEND, RCX);
    }
    a.move(RCX, ADDEND);
    if (log != 0) {
      a.shift(4, SHL, RAX, log);
    }
    if (source) {
      a.register(width, down ? 0x2b : 0x03, ADDRESS, RAX);
      a.move(RSI, ADDRESS);
    }
    if (destination) {
      a.register(width, down ? 0x2b : 0x03, VALUE, RAX);
      a.move(RDI, VALUE);
    }
    a.memory(4, 0x8b, RAX, STATE, TranslatorState.FLAGS);
  }

  /** Goes on with the next round if there is one; returns the jumps where there is not. */
  private int[] proceed(int start) {
    int ended = -1;
    if (compares) {
      a.emit8(0xf6, 0xc4, 0x40); // test ah,0x40: ZF
      ended = a.jump(i.repne ? NOT_ZERO : ZERO);
    }
    a.register(width, 0x85, RCX, RCX);
    int done = a.jump(ZERO);
    e.jump(start);
    return compares ? new int[] {ended, done} : new int[] {done};
  }
}
