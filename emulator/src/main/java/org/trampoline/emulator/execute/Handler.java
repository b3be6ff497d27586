package org.trampoline.emulator.execute;

import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.Operation;

/**
 * Case labels of the interpreter's hot loop. An instruction in one of the common 32-bit forms gets
 * a case of its own, where registers and operand kinds are known; every other is {@link #GENERIC}
 * and goes through {@link Semantics}. Both call the same methods on values.
 */
final class Handler {
  static final int GENERIC = 0;

  /** Stands behind the current instruction of a block that was dropped while it ran. */
  static final int EXIT = 1;

  // register, immediate or memory operands of 4 bytes: R, I, M, destination first
  static final int MOV_RR = 2;
  static final int MOV_RI = 3;
  static final int MOV_RM = 4;
  static final int MOV_MR = 5;
  static final int MOV_MI = 6;
  static final int LEA = 7;
  static final int ADD_RR = 8;
  static final int ADD_RI = 9;
  static final int ADD_RM = 10;
  static final int ADD_MR = 11;
  static final int SUB_RR = 12;
  static final int SUB_RI = 13;
  static final int SUB_RM = 14;
  static final int AND_RR = 15;
  static final int AND_RI = 16;
  static final int AND_RM = 17;
  static final int OR_RR = 18;
  static final int OR_RI = 19;
  static final int OR_RM = 20;
  static final int XOR_RR = 21;
  static final int XOR_RI = 22;
  static final int XOR_RM = 23;
  static final int CMP_RR = 24;
  static final int CMP_RI = 25;
  static final int CMP_RM = 26;
  static final int CMP_MR = 27;
  static final int CMP_MI = 28;
  static final int TEST_RR = 29;
  static final int TEST_RI = 30;
  static final int INC_R = 31;
  static final int DEC_R = 32;
  static final int SHL_RI = 33;
  static final int SHR_RI = 34;
  static final int SAR_RI = 35;
  static final int ROL_RI = 36;
  static final int IMUL_RR = 37;
  static final int IMUL_RRI = 38;
  static final int PUSH_R = 39;
  static final int PUSH_I = 40;
  static final int PUSH_M = 41;
  static final int POP_R = 42;
  static final int CALL = 43;
  static final int CALL_R = 44;
  static final int RET = 45;
  static final int JMP = 46;
  static final int LEAVE = 47;

  // byte operands
  static final int MOV8_RR = 48;
  static final int MOV8_RI = 49;
  static final int MOV8_RM = 50;
  static final int MOV8_MR = 51;
  static final int MOV8_MI = 52;
  static final int MOVZX8_RR = 53;
  static final int MOVZX8_RM = 54;
  static final int MOVSX8_RM = 55;
  static final int MOVZX16_RR = 56;
  static final int MOVZX16_RM = 57;
  static final int MOVSX16_RM = 58;
  static final int CMP8_RR = 59;
  static final int CMP8_RI = 60;
  static final int CMP8_RM = 61;
  static final int CMP8_MI = 62;
  static final int TEST8_RR = 63;
  static final int TEST8_RI = 64;
  static final int ADC_RR = 65;
  static final int SBB_RR = 66;

  /** Jcc with condition 0 … 15. */
  static final int JCC = 67;

  private Handler() {}

  /** The case for an instruction. */
  static int of(Insn i) {
    return switch (i.size0) {
      case 4 -> i.operandSize == 4 ? of4(i) : GENERIC;
      case 1 -> of1(i);
      default -> GENERIC;
    };
  }

  /** The case for a branch; its operand, a displacement, has no useful size. */
  static int ofBranch(Insn i) {
    if (i.operandSize != 4) {
      return GENERIC;
    }
    return switch (i.operation) {
      case JCC -> JCC + i.condition;
      case JMP -> JMP;
      case CALL -> CALL;
      case CALL_INDIRECT -> i.kind0 == Insn.REG ? CALL_R : GENERIC;
      case RET -> i.kind0 == Insn.NONE ? RET : GENERIC;
      case LEAVE -> LEAVE;
      default -> GENERIC;
    };
  }

  private static int of4(Insn i) {
    return switch (i.operation) {
      case MOV -> pick(i, MOV_RR, MOV_RI, MOV_RM, MOV_MR, MOV_MI);
      case LEA -> LEA;
      case ADD -> pick(i, ADD_RR, ADD_RI, ADD_RM, ADD_MR, GENERIC);
      case SUB -> pick(i, SUB_RR, SUB_RI, SUB_RM, GENERIC, GENERIC);
      case AND -> pick(i, AND_RR, AND_RI, AND_RM, GENERIC, GENERIC);
      case OR -> pick(i, OR_RR, OR_RI, OR_RM, GENERIC, GENERIC);
      case XOR -> pick(i, XOR_RR, XOR_RI, XOR_RM, GENERIC, GENERIC);
      case CMP -> pick(i, CMP_RR, CMP_RI, CMP_RM, CMP_MR, CMP_MI);
      case TEST -> pick(i, TEST_RR, TEST_RI, GENERIC, GENERIC, GENERIC);
      case ADC -> pick(i, ADC_RR, GENERIC, GENERIC, GENERIC, GENERIC);
      case SBB -> pick(i, SBB_RR, GENERIC, GENERIC, GENERIC, GENERIC);
      case INC -> i.kind0 == Insn.REG ? INC_R : GENERIC;
      case DEC -> i.kind0 == Insn.REG ? DEC_R : GENERIC;
      case SHL -> pick(i, GENERIC, SHL_RI, GENERIC, GENERIC, GENERIC);
      case SHR -> pick(i, GENERIC, SHR_RI, GENERIC, GENERIC, GENERIC);
      case SAR -> pick(i, GENERIC, SAR_RI, GENERIC, GENERIC, GENERIC);
      case ROL -> pick(i, GENERIC, ROL_RI, GENERIC, GENERIC, GENERIC);
      case IMUL_TRUNCATED -> multiply(i);
      case PUSH -> i.kind0 == Insn.REG ? PUSH_R : i.kind0 == Insn.IMM ? PUSH_I : push(i);
      case POP -> i.kind0 == Insn.REG ? POP_R : GENERIC;
      case MOVZX -> extend(i, MOVZX8_RR, MOVZX8_RM, MOVZX16_RR, MOVZX16_RM);
      case MOVSX -> extend(i, GENERIC, MOVSX8_RM, GENERIC, MOVSX16_RM);
      default -> GENERIC;
    };
  }

  private static int of1(Insn i) {
    return switch (i.operation) {
      case MOV -> pick(i, MOV8_RR, MOV8_RI, MOV8_RM, MOV8_MR, MOV8_MI);
      case CMP -> pick(i, CMP8_RR, CMP8_RI, CMP8_RM, GENERIC, CMP8_MI);
      case TEST -> pick(i, TEST8_RR, TEST8_RI, GENERIC, GENERIC, GENERIC);
      default -> GENERIC;
    };
  }

  private static int pick(Insn i, int rr, int ri, int rm, int mr, int mi) {
    if (i.kind0 == Insn.REG) {
      return switch (i.kind1) {
        case Insn.REG -> rr;
        case Insn.IMM -> ri;
        case Insn.MEM -> rm;
        default -> GENERIC;
      };
    }
    if (i.kind0 == Insn.MEM) {
      return switch (i.kind1) {
        case Insn.REG -> mr;
        case Insn.IMM -> mi;
        default -> GENERIC;
      };
    }
    return GENERIC;
  }

  private static int multiply(Insn i) {
    if (i.kind1 != Insn.REG) {
      return GENERIC;
    }
    return i.kind2 == Insn.NONE ? IMUL_RR : i.kind2 == Insn.IMM ? IMUL_RRI : GENERIC;
  }

  private static int push(Insn i) {
    return i.kind0 == Insn.MEM ? PUSH_M : GENERIC;
  }

  private static int extend(Insn i, int rr8, int rm8, int rr16, int rm16) {
    boolean register = i.kind1 == Insn.REG;
    if (i.size1 == 1) {
      return register ? rr8 : rm8;
    }
    return register ? rr16 : rm16;
  }

  /** Whether this operation's case is chosen by {@link #ofBranch}. */
  static boolean isBranch(Operation operation) {
    return switch (operation) {
      case JCC, JMP, CALL, CALL_INDIRECT, RET, LEAVE -> true;
      default -> false;
    };
  }
}
