package org.trampoline.emulator.translate;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Attribute;
import org.trampoline.emulator.decode.Insn;

/** What the emitted code of an instruction does to guest registers and to the host's flags. */
final class InsnEffects {
  private static final int ALL = 0xff;
  private static final int ACCUMULATORS = 1 << Cpu.EAX | 1 << Cpu.EDX;

  private InsnEffects() {}

  /** A bit for each guest register that an instruction may change. */
  static int changes(Insn i) {
    int named = named(i, 0, i.kind0, i.index0, i.size0) | named(i, 1, i.kind1, i.index1, i.size1);
    return switch (i.operation) {
      case ADD, OR, ADC, SBB, AND, SUB, XOR, CMP, TEST, INC, DEC, NOT, NEG -> named;
      case ROL, ROR, SHL, SHR, SAR, SHLD, SHRD -> named;
      case BT, BTS, BTR, BTC, BSF, BSR, BSWAP, IMUL_TRUNCATED -> named;
      case MOV, MOVNTI, MOVZX, MOVSX, LEA, XCHG, CMOVCC, SETCC, NOP -> named;
      case MUL, IMUL, DIV, IDIV, CBW, CWDE, CWD, CDQ -> named | ACCUMULATORS;
      case PUSH, POP, CALL, CALL_INDIRECT, RET -> named | 1 << Cpu.ESP;
      case LEAVE -> 1 << Cpu.ESP | 1 << Cpu.EBP;
      case JCC, JMP, JMP_INDIRECT -> 0;
      default -> Templates.usesUnit(i) ? named : ALL;
    };
  }

  private static int named(Insn i, int operand, int kind, int index, int size) {
    if (kind != Insn.REG || !i.form.writes(operand)) {
      return 0;
    }
    return 1 << (size == 1 ? index & 3 : index);
  }

  /** Whether the host's flags are certainly the same after it, and it does not leave. */
  static boolean keepsHostFlags(Insn i) {
    return switch (i.operation) {
      case MOV, MOVZX, MOVSX, CMOVCC, SETCC ->
          i.kind0 == Insn.REG && !high(i.index0, i.size0) && keepsAsSource(i);
      case LEA, NOP, CBW, CWDE -> true;
      default -> false;
    };
  }

  private static boolean keepsAsSource(Insn i) {
    return switch (i.kind1) {
      case Insn.REG -> !high(i.index1, i.size1);
      case Insn.IMM, Insn.NONE -> true;
      default -> false;
    };
  }

  /**
   * Whether the emitted code certainly sets all status flags, not by way of their old values except
   * that it may look at CF first. Flags that the SDM leaves undefined may be old ones.
   */
  static boolean replacesFlags(Insn i) {
    return switch (i.operation) {
      case ADD, OR, ADC, SBB, AND, SUB, XOR, CMP, TEST, NEG -> true;
      case MUL, IMUL, IMUL_TRUNCATED, BSF, BSR, COMISS, COMISD, UCOMISS, UCOMISD -> true;
      case SHL, SHR, SAR -> i.kind1 == Insn.IMM && (i.imm & 31) != 0 && (i.imm & 31) < 8 * i.size0;
      default -> false;
    };
  }

  /** ROL and ROR by a constant: they change some flags, but look at none. */
  static boolean rotatesBits(Insn i) {
    return switch (i.operation) {
      case ROL, ROR -> i.kind1 == Insn.IMM && (i.imm & 31) != 0;
      default -> false;
    };
  }

  /** Whether it leaves all status flags alone. */
  static boolean keepsFlags(Insn i) {
    return switch (i.operation) {
      case DIV, IDIV -> true; // undefined to the SDM
      default -> i.form.flags().changed() == 0;
    };
  }

  /** Whether the emitted code leaves {@link HostRegisters#ADDEND} alone unless it probes. */
  static boolean keepsAddend(Insn i) {
    return switch (i.operation) {
      case ADD, OR, ADC, SBB, AND, SUB, XOR, CMP, TEST, INC, DEC, NOT, NEG -> true;
      case SHL, SHR, SAR, MOVZX, MOVSX, LEA, CMOVCC, SETCC, NOP, CBW, CWDE, CDQ -> true;
      case MOV, POP -> i.kind0 != Insn.SEGMENT;
      case PUSH, CALL, RET, LEAVE -> true;
      default -> Templates.usesUnit(i);
    };
  }

  /**
   * Whether the template does the same whether the flags are at home or still the host's when it
   * accesses its operand.
   */
  static boolean keepsFlagsAtOperand(Insn i) {
    return switch (i.operation) {
      case ADD, OR, ADC, SBB, AND, SUB, XOR, CMP, TEST, INC, DEC, NOT, NEG -> true;
      case MOV, MOVZX, MOVSX -> true;
      default -> Templates.usesUnit(i);
    };
  }

  /**
   * Whether the template uses no scratch register besides those by which it accesses its operand.
   */
  static boolean needsNoScratch(Insn i) {
    return switch (i.operation) {
      case ADD, OR, ADC, SBB, AND, SUB, XOR, CMP, TEST, INC, DEC, NOT, NEG -> !highBytes(i);
      case MOV, MOVZX, MOVSX -> !highBytes(i);
      case SHL, SHR, SAR -> i.kind0 == Insn.REG && i.kind1 == Insn.IMM && i.size0 == 4;
      case LEA -> i.size0 == 4;
      case CMOVCC -> i.kind1 == Insn.REG;
      case JCC, JMP, LOOP, NOP -> true;
      case FNSTSW -> false;
      default -> i.form.has(Attribute.X87) ? i.displacement == 0 : Templates.usesUnit(i);
    };
  }

  /** Whether a high byte (ah, ch, dh, bh) is an operand, which takes host instructions more. */
  static boolean highBytes(Insn i) {
    return i.kind0 == Insn.REG && high(i.index0, i.size0)
        || i.kind1 == Insn.REG && high(i.index1, i.size1);
  }

  /**
   * Whether the registers of the memory operand are as they were whenever the template accesses it.
   */
  static boolean keepsAddress(Insn i) {
    return switch (i.operation) {
      case CMPXCHG8B, POP -> false;
      default -> !highBytes(i);
    };
  }

  private static boolean high(int index, int size) {
    return size == 1 && index >= 4;
  }
}
