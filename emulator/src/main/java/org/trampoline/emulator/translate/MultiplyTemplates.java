package org.trampoline.emulator.translate;

import static org.trampoline.emulator.translate.HostOpcodes.NOT_EQUAL;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.decode.Insn;

/** MUL, IMUL, DIV, IDIV. */
final class MultiplyTemplates {
  private static final int ADDRESS = HostRegisters.ADDRESS;
  private static final int ADDEND = HostRegisters.ADDEND;
  private static final int VALUE = HostRegisters.VALUE;
  private static final int ZERO = 4;
  private static final int ABOVE_OR_EQUAL = 3;
  private static final int BELOW_OR_EQUAL = 6;

  private MultiplyTemplates() {}

  /** The accumulator times an operand, by a 64-bit multiplication. */
  static boolean multiply(Emission e, Insn i, int extension) {
    int size = i.size0;
    boolean signed = extension == 5;
    HostAssembler a = e.hot;
    source(e, i, size, signed);
    e.flags.spill();
    extend(a, ADDRESS, HostRegisters.EAX, size, signed);
    a.register(8, 0x0faf, VALUE, ADDRESS); // the whole product
    int eax = HostRegisters.EAX;
    int edx = HostRegisters.of(Cpu.EDX);
    if (size == 1) {
      a.register(2, 0x8b, eax, VALUE);
    } else if (size == 4) {
      a.move(eax, VALUE);
      a.register(8, 0x8b, edx, VALUE);
      a.emit8(0x48, 0xc1, 0xea, 32); // shr rdx,32
    } else {
      a.register(2, 0x8b, eax, VALUE);
      a.move(ADDRESS, VALUE);
      a.shift(4, 5, ADDRESS, 16);
      a.register(2, 0x8b, edx, ADDRESS);
    }
    if (e.live != 0) {
      productFlags(e, size, signed);
    } else {
      e.flags.produced(FlagState.Kind.ARITHMETIC, 0);
    }
    return true;
  }

  /** The explicit operand into {@link HostRegisters#VALUE}, extended to 64 bits. */
  private static void source(Emission e, Insn i, int size, boolean signed) {
    if (i.kind0 == Insn.MEM) {
      e.memory.operand(i, size, false);
      e.memory.instruction(size, size == 1 ? 0x8a : 0x8b, VALUE);
      extend(e.hot, VALUE, VALUE, size, signed);
    } else {
      int from = GuestRegisters.value(e, i.index0, size, VALUE);
      extend(e.hot, VALUE, from, size, signed);
    }
  }

  private static void extend(HostAssembler a, int to, int from, int size, boolean signed) {
    switch (size) {
      case 1 -> a.register(signed ? 8 : 4, signed ? 0x0fbe : 0x0fb6, to, from);
      case 2 -> a.register(signed ? 8 : 4, signed ? 0x0fbf : 0x0fb7, to, from);
      default -> {
        if (signed) {
          a.register(8, 0x63, to, from); // movsxd
        } else {
          a.move(to, from);
        }
      }
    }
  }

  /**
   * CF and OF say whether the product in {@link HostRegisters#VALUE} is more than its lower half;
   * the undefined flags follow that half, AF is cleared.
   */
  private static void productFlags(Emission e, int size, boolean signed) {
    HostAssembler a = e.hot;
    extend(a, ADDRESS, VALUE, size, signed);
    a.register(8, 0x3b, ADDRESS, VALUE);
    a.setCondition(NOT_EQUAL, HostRegisters.FLAGS);
    logicFlags(a, size, VALUE);
    a.and(HostRegisters.FLAGS, 0xc401);
    a.move(ADDRESS, HostRegisters.FLAGS);
    a.and(ADDRESS, 1);
    a.shift(4, 4, ADDRESS, 8);
    a.register(4, 0x09, ADDRESS, HostRegisters.FLAGS);
    e.flags.atHome();
  }

  /** SF, ZF and PF of a value into ah; the other bits there are of no use. */
  private static void logicFlags(HostAssembler a, int size, int register) {
    a.register(size, size == 1 ? 0x84 : 0x85, register, register);
    a.emit8(0x9f); // lahf
  }

  static boolean truncated(Emission e, Insn i) {
    int size = i.size0;
    HostAssembler a = e.hot;
    int to = HostRegisters.of(i.index0);
    boolean memory = i.kind1 == Insn.MEM;
    if (memory) {
      e.memory.operand(i, size, false);
      e.memory.instruction(size, 0x8b, VALUE);
    } else {
      e.flags.spill();
    }
    int from = memory ? VALUE : HostRegisters.of(i.index1);
    if (i.kind2 == Insn.NONE) {
      a.register(size, 0x0faf, to, from);
    } else if (i.imm == (byte) i.imm) {
      a.register(size, 0x6b, to, from);
      a.emit8(i.imm);
    } else {
      a.register(size, 0x69, to, from);
      a.immediate(size, i.imm);
    }
    if (e.flags.defers()) {
      a.memory(1, 0x0f90, 0, HostRegisters.STATE, TranslatorState.SAVED_BIT); // seto
      e.flags.deferred();
      return true;
    }
    if ((e.live & ~(Eflags.CF | Eflags.OF)) == 0) {
      e.flags.produced(FlagState.Kind.ARITHMETIC, e.live);
      return true;
    }
    a.setCondition(0, HostRegisters.FLAGS);
    logicFlags(a, size, to);
    a.and(HostRegisters.FLAGS, 0xc401);
    a.move(ADDRESS, HostRegisters.FLAGS);
    a.and(ADDRESS, 1);
    a.shift(4, 4, ADDRESS, 8);
    a.register(4, 0x09, ADDRESS, HostRegisters.FLAGS);
    e.flags.atHome();
    return true;
  }

  /** DIV of edx:eax; what would fault is left to the interpreter. */
  static boolean divide(Emission e, Insn i) {
    HostAssembler a = e.hot;
    divisor(e, i);
    if (i.size0 != 4) {
      extend(a, VALUE, VALUE, i.size0, false);
      a.register(4, 0x0fb7, ADDRESS, i.size0 == 1 ? HostRegisters.EAX : HostRegisters.of(Cpu.EDX));
      if (i.size0 == 1) {
        a.shift(4, 5, ADDRESS, 8);
      }
      a.register(4, 0x3b, ADDRESS, VALUE);
      e.exitIf(ABOVE_OR_EQUAL, Exit.INTERPRET);
      narrowDivide(e, i.size0, false);
      return true;
    }
    int edx = HostRegisters.of(Cpu.EDX);
    a.register(4, 0x3b, edx, VALUE); // also true of a divisor of 0
    e.exitIf(ABOVE_OR_EQUAL, Exit.INTERPRET);
    a.move(ADDRESS, HostRegisters.FLAGS);
    a.move(HostAssembler.RAX, HostRegisters.EAX);
    a.register(4, 0xf7, 6, VALUE);
    a.move(HostRegisters.EAX, HostAssembler.RAX);
    a.move(HostRegisters.FLAGS, ADDRESS);
    return true;
  }

  /** IDIV of edx:eax, by a 64-bit division that cannot overflow. */
  static boolean divideSigned(Emission e, Insn i) {
    HostAssembler a = e.hot;
    divisor(e, i);
    if (i.size0 != 4) {
      extend(a, VALUE, VALUE, i.size0, true);
    }
    int edx = HostRegisters.of(Cpu.EDX);
    // 0 and -1, of which one may fault and the other is cheap to interpret
    a.memory(4, 0x8d, ADDRESS, VALUE, 1);
    a.compare(ADDRESS, 1);
    e.exitIf(BELOW_OR_EQUAL, Exit.INTERPRET);
    if (i.size0 != 4) {
      narrowDivide(e, i.size0, true);
      return true;
    }
    a.register(8, 0x63, VALUE, VALUE); // movsxd
    a.register(8, 0x8b, ADDRESS, edx);
    a.shift(8, 4, ADDRESS, 32);
    a.register(8, 0x09, HostRegisters.EAX, ADDRESS);
    a.move(ADDEND, HostRegisters.FLAGS);
    a.register(8, 0x8b, HostAssembler.RAX, ADDRESS);
    a.register(8, 0x8b, ADDRESS, edx);
    a.emit8(0x48, 0x99); // cqo
    a.register(8, 0xf7, 7, VALUE);
    a.register(8, 0x63, VALUE, HostAssembler.RAX);
    a.register(8, 0x3b, VALUE, HostAssembler.RAX);
    int fits = a.jumpShort(ZERO);
    a.move(edx, ADDRESS);
    a.move(HostRegisters.FLAGS, ADDEND);
    e.exit(Exit.INTERPRET);
    a.land(fits);
    a.move(HostRegisters.EAX, HostAssembler.RAX);
    a.move(edx, edx);
    a.move(HostRegisters.FLAGS, ADDEND);
    return true;
  }

  /**
   * Divides ax or dx:ax by {@link HostRegisters#VALUE}, by a 32-bit division that cannot overflow.
   */
  private static void narrowDivide(Emission e, int size, boolean signed) {
    HostAssembler a = e.hot;
    int edx = HostRegisters.of(Cpu.EDX);
    if (size == 1) {
      a.register(4, signed ? 0x0fbf : 0x0fb7, ADDRESS, HostRegisters.EAX);
    } else {
      a.register(4, 0x0fb7, ADDEND, HostRegisters.EAX);
      a.move(ADDRESS, edx);
      a.shift(4, 4, ADDRESS, 16);
      a.register(4, 0x09, ADDEND, ADDRESS);
    }
    a.move(ADDEND, HostRegisters.FLAGS);
    a.move(HostAssembler.RAX, ADDRESS);
    a.move(ADDRESS, edx);
    if (signed) {
      a.emit8(0x99); // cdq
    } else {
      a.register(4, 0x31, edx, edx);
    }
    a.register(4, 0xf7, signed ? 7 : 6, VALUE);
    if (signed) {
      extend(a, VALUE, HostAssembler.RAX, size, true);
      a.register(4, 0x3b, VALUE, HostAssembler.RAX);
      int fits = a.jumpShort(ZERO);
      a.move(edx, ADDRESS);
      a.move(HostRegisters.FLAGS, ADDEND);
      e.exit(Exit.INTERPRET);
      a.land(fits);
    }
    if (size == 1) {
      a.shift(4, 4, edx, 8);
      a.register(4, 0x0fb6, HostAssembler.RAX, HostAssembler.RAX);
      a.register(4, 0x09, edx, HostAssembler.RAX);
    } else {
      a.register(2, 0x8b, ADDRESS, edx);
    }
    a.register(2, 0x8b, HostRegisters.EAX, HostAssembler.RAX);
    a.move(edx, ADDRESS);
    a.move(HostRegisters.FLAGS, ADDEND);
  }

  /** The divisor into {@link HostRegisters#VALUE}; only its width counts. */
  private static void divisor(Emission e, Insn i) {
    int size = i.size0;
    if (i.kind0 == Insn.MEM) {
      e.memory.operand(i, size, false);
      e.memory.instruction(size, size == 1 ? 0x8a : 0x8b, VALUE);
    } else {
      e.retryHere();
      GuestRegisters.copy(e, i.index0, size, VALUE);
    }
  }
}
