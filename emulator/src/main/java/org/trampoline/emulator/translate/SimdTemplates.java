package org.trampoline.emulator.translate;

import org.trampoline.emulator.decode.Attribute;
import org.trampoline.emulator.decode.Encoding;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.Operand;
import org.trampoline.emulator.decode.Operation;

/**
 * MMX and SSE instructions: the same instruction of the host, on the guest's registers in the
 * host's. The approximations, which processors make differently, are the shared semantics'.
 */
final class SimdTemplates {
  private static final int ADDRESS = HostRegisters.ADDRESS;
  private static final int VALUE = HostRegisters.VALUE;
  private static final int STATE = HostRegisters.STATE;
  private static final int NOT_ZERO = 5;
  private static final int EXTENSION = 0x38;

  private SimdTemplates() {}

  static boolean supports(Insn i) {
    if (i.form.encoding().map() > 1) {
      return HostTraits.get().ssse3();
    }
    return switch (i.operation) {
      case RCPPS, RCPSS, RSQRTPS, RSQRTSS, MASKMOVQ, MASKMOVDQU, FXSAVE, FXRSTOR -> false;
      // from memory, whether they enter the MMX state is the host's own
      case CVTPI2PS, CVTPI2PD -> i.kind1 != Insn.MEM;
      case HADDPS, HADDPD, HSUBPS, HSUBPD, ADDSUBPS, ADDSUBPD -> HostTraits.get().sse3();
      case MOVSLDUP, MOVSHDUP, MOVDDUP, LDDQU -> HostTraits.get().sse3();
      default -> true;
    };
  }

  static boolean emit(Emission e, Insn i) {
    if (!supports(i)) {
      return false;
    }
    if (i.operation == Operation.LDMXCSR) {
      loadControl(e, i);
      return true;
    }
    Encoding encoding = i.form.encoding();
    int reg = (encoding.modrmMask() & EXTENSION) != 0 ? encoding.modrmValue() >> 3 & 7 : 0;
    int rm = 0;
    int memory = -1;
    for (int n = 0; n < 2; n++) {
      int kind = n == 0 ? i.kind0 : i.kind1;
      if (kind == Insn.MEM) {
        memory = n;
      } else if (kind == Insn.REG || kind == Insn.MM || kind == Insn.XMM) {
        int index = n == 0 ? i.index0 : i.index1;
        int number = kind == Insn.REG ? HostRegisters.of(index) : index;
        if (i.form.place(n) == Operand.Place.REG) {
          reg = number;
        } else {
          rm = number;
        }
      }
    }
    if (memory >= 0) {
      int size = memory == 0 ? i.size0 : i.size1;
      if (i.form.has(Attribute.ALIGN16)) {
        e.memory.alignedOperand(i, size, i.form.writes(memory));
      } else {
        e.memory.operand(i, size, i.form.writes(memory));
      }
    }
    int prefix = prefix(encoding);
    int opcode = opcode(i, encoding);
    if (memory >= 0) {
      e.memory.instructionWithPrefix(prefix, 4, opcode, reg);
    } else {
      if (prefix != 0) {
        e.hot.emit8(prefix);
      }
      if (encoding.modrm()) {
        e.hot.register(4, opcode, reg, rm);
      } else {
        e.hot.emit8(0x0f, encoding.opcode());
      }
    }
    if (encoding.immediateBytes() == 1) {
      e.hot.emit8(i.imm);
    }
    switch (i.operation) {
      case COMISS, COMISD, UCOMISS, UCOMISD -> e.flags.produced(FlagState.Kind.ARITHMETIC, e.live);
      default -> {}
    }
    return true;
  }

  /** The mandatory prefix, or 0. */
  private static int prefix(Encoding encoding) {
    return switch (encoding.prefix()) {
      case Encoding.P66 -> 0x66;
      case Encoding.PF3 -> 0xf3;
      case Encoding.PF2 -> 0xf2;
      default -> 0;
    };
  }

  /** The host's opcode; a non-temporal store becomes an ordinary one. */
  private static int opcode(Insn i, Encoding encoding) {
    return switch (i.operation) {
      case MOVNTPS, MOVNTPD -> 0x0f29;
      case MOVNTQ, MOVNTDQ -> 0x0f7f;
      default ->
          switch (encoding.map()) {
            case 1 -> 0x0f00 | encoding.opcode();
            case 2 -> 0x0f3800 | encoding.opcode();
            default -> 0x0f3a00 | encoding.opcode();
          };
    };
  }

  /** LDMXCSR; leaves if something would be unmasked, or a reserved bit set. */
  private static void loadControl(Emission e, Insn i) {
    HostAssembler a = e.hot;
    e.memory.operand(i, 4, false);
    e.memory.instruction(4, 0x8b, VALUE);
    a.memory(4, 0x85, VALUE, STATE, UnitState.MXCSR_RESERVED); // test
    e.exitIf(NOT_ZERO, Exit.INTERPRET);
    a.move(ADDRESS, VALUE);
    a.and(ADDRESS, 0x1f80);
    a.compare(ADDRESS, 0x1f80);
    e.exitIf(NOT_ZERO, Exit.INTERPRET);
    a.memory(4, 0x89, VALUE, STATE, UnitState.SCRATCH);
    a.memory(4, 0x0fae, 2, STATE, UnitState.SCRATCH);
  }
}
