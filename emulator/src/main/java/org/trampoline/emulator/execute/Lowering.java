package org.trampoline.emulator.execute;

import static org.trampoline.emulator.execute.MicroOp.*;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Attribute;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.Operation;

/** Turns the instructions of a block into {@link MicroOp}s. */
final class Lowering extends BranchLowering {
  /**
   * Lowers {@code block.insns}; the result is in {@link #words}, and {@code block.starts}.
   *
   * @param usualFlags undefined flags may be what comes out; else their instructions go through
   *     {@link Semantics}
   */
  void lower(Block block, int mode, boolean usualFlags) {
    begin(mode, (int) block.host & 0xfff, block.length);
    boolean checked = !has(Mode.FLAT_CODE) || !has(Mode.CODE32);
    if (checked) {
      index = 0;
      emit(CHECK, 0, 0);
    }
    Insn[] insns = block.insns;
    short[] starts = new short[insns.length + 1];
    for (int k = 0; k < insns.length; k++) {
      index = k;
      int start = length;
      starts[k] = (short) (start + 1);
      Insn i = insns[k];
      if (!usualFlags && i.form.leavesFlagsUndefined() || !lowerOne(i)) {
        length = start;
        int unit = Semantics.isUnit(i) ? UNIT : 0;
        emit(INSN, (insns.length - k) << REST_SHIFT | unit, insnCount);
        this.insns[insnCount++] = i;
      }
    }
    if (!endsBlock(insns[insns.length - 1])) {
      starts[insns.length] = (short) (length + 1);
      emit(JMP, 0, block.length);
      word(link(block.length));
    }
    if (checked) {
      words[0] = check();
    }
    tellNext();
    block.starts = starts;
  }

  /** Control may go elsewhere than behind it, or what follows runs under other rules. */
  static boolean endsBlock(Insn i) {
    return i.rep
        || i.repne
        || i.operation == Operation.UNDEFINED
        || i.operation == Operation.TOO_LONG
        || i.form.has(Attribute.ENDS_BLOCK)
        || i.form.has(Attribute.SEGMENT_LOAD)
        || i.form.has(Attribute.IO);
  }

  // ---- instructions

  /** Lowers one instruction, or returns false: then what was emitted is to be forgotten. */
  private boolean lowerOne(Insn i) {
    if (i.rep || i.repne || i.lock && i.kind0 != Insn.MEM) {
      return false;
    }
    return switch (i.operation) {
      case ADD, SUB, AND, OR, XOR, CMP, TEST, ADC, SBB -> binary(i);
      case INC, DEC, NEG, NOT -> unary(i);
      case SHL, SHR, SAR, ROL, ROR, RCL, RCR -> shift(i);
      case MOV -> mov(i);
      case LEA -> lea(i);
      case MOVZX -> extend(i, false);
      case MOVSX -> extend(i, true);
      case XCHG -> xchg(i);
      case IMUL_TRUNCATED -> imul(i);
      case MUL -> mul(i);
      case CDQ -> one(SIGN, Cpu.EDX << A_SHIFT | Cpu.EAX << B_SHIFT);
      case CWDE -> one(MOVSX16, Cpu.EAX << A_SHIFT | Cpu.EAX << B_SHIFT);
      case SETCC -> setcc(i);
      case CMOVCC -> cmov(i);
      case NOP -> true;
      case PUSH -> push(i);
      case POP -> pop(i);
      case LEAVE -> leave(i);
      case LODS, STOS, MOVS, SCAS, CMPS -> string(i);
      case JCC -> jcc(i);
      case JMP -> jmp(i);
      case CALL -> call(i);
      case RET -> ret(i);
      case JMP_INDIRECT -> indirect(i);
      case CALL_INDIRECT -> callIndirect(i);
      case LOOP -> counted(i, i.address16 ? LOOP16 : LOOP);
      case JCXZ -> counted(i, i.address16 ? JCXZ : JECXZ);
      default -> false;
    };
  }

  /** The micro-operation of a binary instruction with a register as source, or 0. */
  private static int binaryOp(Operation operation, int size) {
    return switch (size) {
      case 4 ->
          switch (operation) {
            case ADD -> ADD;
            case SUB -> SUB;
            case AND -> AND;
            case OR -> OR;
            case XOR -> XOR;
            case CMP -> CMP;
            case TEST -> TEST;
            case ADC -> ADC;
            case SBB -> SBB;
            default -> 0;
          };
      case 2 ->
          switch (operation) {
            case ADD -> ADD16;
            case SUB -> SUB16;
            case AND -> AND16;
            case OR -> OR16;
            case XOR -> XOR16;
            case CMP -> CMP16;
            case TEST -> TEST16;
            default -> 0;
          };
      default ->
          switch (operation) {
            case ADD -> ADD8;
            case SUB -> SUB8;
            case AND -> AND8;
            case OR -> OR8;
            case XOR -> XOR8;
            case CMP -> CMP8;
            case TEST -> TEST8;
            default -> 0;
          };
    };
  }

  private boolean binary(Insn i) {
    int size = i.size0;
    int op = binaryOp(i.operation, size);
    if (op == 0) {
      return false;
    }
    boolean writes = i.operation != Operation.CMP && i.operation != Operation.TEST;
    int destination;
    if (i.kind0 == Insn.REG) {
      destination = i.index0;
    } else if (i.kind0 == Insn.MEM) {
      destination = TEMP;
      if (writes) {
        modify(i, size);
      } else {
        loadInto(i, TEMP, size);
      }
    } else {
      return false;
    }
    int a = a(destination, size);
    switch (i.kind1) {
      case Insn.REG -> emit(op, a | b(i.index1, size), 0);
      case Insn.MEM -> {
        loadInto(i, TEMP, size);
        emit(op, a | b(TEMP, size), 0);
      }
      case Insn.IMM -> emit(op, a | SOURCE_IMMEDIATE, i.imm);
      default -> {
        return false;
      }
    }
    if (destination == TEMP && writes) {
      back(TEMP, size);
    }
    return true;
  }

  private boolean unary(Insn i) {
    int size = i.size0;
    int op =
        switch (i.operation) {
          case INC -> size == 4 ? INC : size == 2 ? INC16 : INC8;
          case DEC -> size == 4 ? DEC : size == 2 ? DEC16 : DEC8;
          case NEG -> size == 4 ? NEG : 0;
          default -> size == 4 ? NOT : 0;
        };
    return op != 0 && computeInPlace(i, op, 0, 0);
  }

  /** An instruction whose first operand is read and written. */
  private boolean computeInPlace(Insn i, int op, int fields, int immediate) {
    int size = i.size0;
    if (i.kind0 == Insn.REG) {
      emit(op, a(i.index0, size) | fields, immediate);
      return true;
    }
    if (i.kind0 != Insn.MEM) {
      return false;
    }
    modify(i, size);
    emit(op, TEMP << A_SHIFT | fields, immediate);
    back(TEMP, size);
    return true;
  }

  private boolean shift(Insn i) {
    int op =
        switch (i.operation) {
          case SHL -> SHL;
          case SHR -> SHR;
          case SAR -> SAR;
          case ROL -> ROL;
          case ROR -> ROR;
          default -> SHIFT;
        };
    int source = i.kind1 == Insn.IMM ? NONE : i.index1;
    int fields = source << B_SHIFT;
    if (op == SHIFT || i.size0 != 4) {
      op = SHIFT;
      fields |= kind(i.operation) << X_SHIFT | access(i.size0, false);
    }
    return computeInPlace(i, op, fields, i.kind1 == Insn.IMM ? i.imm : 0);
  }

  /** Number of a shift or rotate in the opcode. */
  private static int kind(Operation operation) {
    return switch (operation) {
      case ROL -> 0;
      case ROR -> 1;
      case RCL -> 2;
      case RCR -> 3;
      case SHL -> 4;
      case SHR -> 5;
      default -> 7;
    };
  }

  private boolean mov(Insn i) {
    int size = i.size0;
    if (!isSize(size) || size != i.size1 && i.kind1 != Insn.IMM) {
      return false;
    }
    if (i.kind0 == Insn.REG) {
      int a = a(i.index0, size);
      switch (i.kind1) {
        case Insn.REG -> emit(move(size), a | b(i.index1, size), 0);
        case Insn.IMM -> emit(move(size), a | SOURCE_IMMEDIATE, i.imm);
        case Insn.MEM -> {
          if (size == 2) {
            loadInto(i, TEMP, 2);
            emit(MOV16, a | b(TEMP, 2), 0);
          } else {
            memory(i, size == 4 ? LOAD32 : LOAD8_R8, a, size, false);
          }
        }
        default -> {
          return false;
        }
      }
      return true;
    }
    if (i.kind0 != Insn.MEM) {
      return false;
    }
    if (i.kind1 == Insn.REG) {
      memory(i, store(size), a(i.index1, size), size, true);
    } else if (i.kind1 == Insn.IMM) {
      emit(MOV, TEMP << A_SHIFT | SOURCE_IMMEDIATE, i.imm);
      memory(i, store(size), TEMP << A_SHIFT, size, true);
    } else {
      return false;
    }
    return true;
  }

  private boolean lea(Insn i) {
    int fields = i.base << B_SHIFT | i.index << X_SHIFT | i.scale << SCALE_SHIFT;
    if (i.size0 == 4 && !i.address16) {
      emit(LEA, i.index0 << A_SHIFT | fields, i.displacement);
    } else {
      emit(LEA, TEMP << A_SHIFT | fields, i.displacement);
      emit(i.size0 == 4 ? MOVZX16 : MOV16, i.index0, TEMP, 0);
    }
    return true;
  }

  private boolean extend(Insn i, boolean signed) {
    int size = i.size1;
    int to = i.size0 == 4 ? i.index0 : TEMP;
    if (i.kind1 == Insn.REG) {
      int op = size == 1 ? signed ? MOVSX8 : MOVZX8 : signed ? MOVSX16 : MOVZX16;
      emit(op, to << A_SHIFT | b(i.index1, size), 0);
    } else if (i.kind1 == Insn.MEM) {
      int op = size == 1 ? signed ? LOAD8S : LOAD8 : signed ? LOAD16S : LOAD16;
      memory(i, op, to << A_SHIFT, size, false);
    } else {
      return false;
    }
    if (to == TEMP) {
      emit(MOV16, i.index0, TEMP, 0);
    }
    return true;
  }

  private boolean xchg(Insn i) {
    int size = i.size0;
    boolean memory1 = i.kind1 == Insn.MEM;
    if (i.kind0 == Insn.REG && i.kind1 == Insn.REG) {
      if (size == 4) {
        emit(XCHG, i.index0, i.index1, 0);
      } else {
        emit(size == 2 ? MOVZX16 : MOVZX8, TEMP << A_SHIFT | b(i.index0, size), 0);
        emit(move(size), a(i.index0, size) | b(i.index1, size), 0);
        emit(move(size), a(i.index1, size) | b(TEMP, size), 0);
      }
      return true;
    }
    if (!memory1 && i.kind0 != Insn.MEM) {
      return false;
    }
    int register = memory1 ? i.index0 : i.index1;
    modify(i, size);
    back(register, size);
    emit(move(size), a(register, size) | b(TEMP, size), 0);
    return true;
  }

  private boolean imul(Insn i) {
    if (i.size0 != 4) {
      return false;
    }
    int source = i.index1;
    if (i.kind1 == Insn.MEM) {
      loadInto(i, TEMP, 4);
      source = TEMP;
    } else if (i.kind1 != Insn.REG) {
      return false;
    }
    if (i.kind2 == Insn.NONE) {
      emit(IMUL, i.index0, source, 0);
    } else if (i.kind2 == Insn.IMM) {
      emit(IMUL3, i.index0, source, i.imm);
    } else {
      return false;
    }
    return true;
  }

  private boolean mul(Insn i) {
    if (i.size0 != 4) {
      return false;
    }
    if (i.kind0 == Insn.MEM) {
      loadInto(i, TEMP, 4);
      emit(MUL, TEMP, 0, 0);
    } else {
      emit(MUL, i.index0, 0, 0);
    }
    return true;
  }

  private boolean setcc(Insn i) {
    int truth = HotLoop.truth(i.condition);
    if (truth < 0) {
      return false;
    }
    if (i.kind0 == Insn.REG) {
      emit(SETCC, a(i.index0, 1), truth);
    } else {
      emit(SETCC, TEMP << A_SHIFT, truth);
      memory(i, STORE8, TEMP << A_SHIFT, 1, true);
    }
    return true;
  }

  private boolean cmov(Insn i) {
    int truth = HotLoop.truth(i.condition);
    if (i.size0 != 4 || truth < 0) {
      return false;
    }
    int source = i.index1;
    if (i.kind1 == Insn.MEM) {
      loadInto(i, TEMP, 4);
      source = TEMP;
    }
    emit(CMOV, i.index0, source, truth);
    return true;
  }

  // ---- the stack

  private boolean push(Insn i) {
    int size = i.operandSize;
    int source = TEMP;
    switch (i.kind0) {
      case Insn.REG -> source = i.index0;
      case Insn.MEM -> loadInto(i, TEMP, size);
      case Insn.IMM -> emit(MOV, TEMP << A_SHIFT | SOURCE_IMMEDIATE, i.imm);
      default -> {
        return false;
      }
    }
    pushRegister(source, size);
    return true;
  }

  private boolean pop(Insn i) {
    if (i.kind0 != Insn.REG) {
      return false;
    }
    int size = i.operandSize;
    if (flatStack(size)) {
      flatStackAccess(POP, i.index0, 0);
    } else {
      popTemp(size);
      emit(move(size), i.index0, TEMP, 0);
    }
    return true;
  }

  private boolean leave(Insn i) {
    return flatStack(i.operandSize)
        && one(LEAVE, Cpu.EBP << A_SHIFT | Cpu.EBP << B_SHIFT | NONE << X_SHIFT | access(4, false));
  }

  // ---- strings

  private boolean string(Insn i) {
    int size = i.operation == Operation.MOVS || isSize(i.size0) ? i.size0 : 0;
    if (!isSize(size)) {
      return false;
    }
    int temp = TEMP << A_SHIFT;
    int accumulator = Cpu.EAX << A_SHIFT;
    switch (i.operation) {
      case LODS -> {
        string(i, i.segment, Cpu.ESI, load(size), temp, size, false);
        emit(move(size), a(Cpu.EAX, size) | b(TEMP, size), 0);
        advance(i, Cpu.ESI, size);
      }
      case STOS -> {
        string(i, SegmentRegister.ES, Cpu.EDI, store(size), accumulator, size, true);
        advance(i, Cpu.EDI, size);
      }
      case MOVS -> {
        string(i, i.segment, Cpu.ESI, load(size), temp, size, false);
        string(i, SegmentRegister.ES, Cpu.EDI, store(size), temp, size, true);
        advance(i, Cpu.ESI, size);
        advance(i, Cpu.EDI, size);
      }
      case SCAS -> {
        string(i, SegmentRegister.ES, Cpu.EDI, load(size), temp, size, false);
        emit(binaryOp(Operation.CMP, size), accumulator | TEMP << B_SHIFT, 0);
        advance(i, Cpu.EDI, size);
      }
      default -> {
        string(i, SegmentRegister.ES, Cpu.EDI, load(size), temp, size, false);
        string(i, i.segment, Cpu.ESI, load(size), OTHER << A_SHIFT, size, false);
        emit(binaryOp(Operation.CMP, size), OTHER, TEMP, 0);
        advance(i, Cpu.ESI, size);
        advance(i, Cpu.EDI, size);
      }
    }
    return true;
  }

  private void advance(Insn i, int register, int size) {
    emit(i.address16 ? ADVANCE16 : ADVANCE, register, NONE, size);
  }
}
