package org.trampoline.emulator.execute;

import static org.trampoline.emulator.execute.MicroOp.*;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.SegmentRegister;
import org.trampoline.emulator.decode.Attribute;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.Operation;

/** Turns the instructions of a block into {@link MicroOp}s. */
final class Lowering {
  /** Words that an instruction needs at most. */
  private static final int LONGEST = 12;

  /** Truth of a condition that the loop computes as 1 or 0. */
  private static final int IF_ONE = 2;

  final long[] words = new long[(BlockBuilder.LIMIT + 1) * LONGEST];
  final byte[] indexes = new byte[words.length];
  int length;

  /** The instructions of the {@link MicroOp#INSN}s, which have their numbers here. */
  final Insn[] insns = new Insn[BlockBuilder.LIMIT];

  int insnCount;

  /** A further word of a jump. */
  private static final int MORE = -1;

  /** Number of the micro-operation at each position, or what else is there. */
  private final int[] ops = new int[words.length];

  private int mode;
  private int index;

  /** Offset of the block's first byte in its page, and its length. */
  private int pageOffset;

  private int blockLength;

  /** Farthest distances that 16-bit branches of the block lead to. */
  private int lowest;

  private int highest;
  private boolean branches16;

  /**
   * Lowers {@code block.insns}; the result is in {@link #words}, and {@code block.starts}.
   *
   * @param usualFlags undefined flags may be what comes out; else their instructions go through
   *     {@link Semantics}
   */
  void lower(Block block, int mode, boolean usualFlags) {
    this.mode = mode;
    length = 0;
    insnCount = 0;
    pageOffset = (int) block.host & 0xfff;
    blockLength = block.length;
    lowest = 0;
    highest = 0;
    branches16 = false;
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
      words[0] =
          (long) block.length << LENGTH_SHIFT
              | (long) highest << FORWARD_SHIFT
              | (long) -lowest << BACKWARD_SHIFT
              | (branches16 ? BRANCHES16 : 0);
    }
    tellNext();
    block.starts = starts;
  }

  /** Puts into each micro-operation the number of the next one. */
  private void tellNext() {
    int next = INSN;
    for (int k = length - 1; k >= 0; k--) {
      if (ops[k] >= 0) {
        words[k] |= next;
        next = ops[k];
      }
    }
  }

  /** Whether there is an {@link MicroOp#INSN} at a position. */
  boolean isInsn(int position) {
    return ops[position] == INSN;
  }

  /** Number of the first micro-operation. */
  int first() {
    return ops[0];
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

  private boolean has(int bits) {
    return (mode & bits) == bits;
  }

  // ---- emitting

  private void word(long word) {
    indexes[length] = (byte) index;
    ops[length] = MORE;
    words[length++] = word;
  }

  /** {@code fields} beside the operation's number. */
  private void emit(int op, int fields, int immediate) {
    word((long) immediate << 32 | fields & 0xffff_ffffL);
    ops[length - 1] = op;
  }

  private void emit(int op, int a, int b, int immediate) {
    emit(op, a << A_SHIFT | b << B_SHIFT, immediate);
  }

  /** A general register, or one of the others, as field A; of one byte if size is 1. */
  private static int a(int register, int size) {
    return size == 1 && register < NONE
        ? (register & 3) << A_SHIFT | ((register & 4) != 0 ? HIGH_A : 0)
        : register << A_SHIFT;
  }

  private static int b(int register, int size) {
    return size == 1 && register < NONE
        ? (register & 3) << B_SHIFT | ((register & 4) != 0 ? HIGH_B : 0)
        : register << B_SHIFT;
  }

  /** The link of a jump whose target is not known. */
  private static final long NOWHERE = 0xffff_ffffL;

  /** The link for a distance from the block's start: to be made, or never. */
  private int link(int distance) {
    int target = pageOffset + distance;
    return target >= 0 && target < 0x1000 ? 0 : -1;
  }

  // ---- memory

  private boolean flat(Insn i, int segment) {
    return has(Mode.FLAT_DATA)
        && !i.address16
        && segment <= SegmentRegister.DS
        && segment != SegmentRegister.CS;
  }

  private static int log2(int size) {
    return size >> 1;
  }

  /** What a memory micro-operation says of its operand beside the address. */
  private static int access(int size, boolean write) {
    return log2(size) << SIZE_SHIFT | (write ? WRITE : 0);
  }

  /** What says that the source is an immediate. */
  private static final int SOURCE_IMMEDIATE = NONE << B_SHIFT;

  /** An access to the memory operand. */
  private void memory(Insn i, int op, int aField, int size, boolean write) {
    int fields = i.base << B_SHIFT | i.index << X_SHIFT | i.scale << SCALE_SHIFT;
    if (flat(i, i.segment)) {
      emit(op, aField | fields | access(size, write), i.displacement);
    } else {
      effectiveAddress(i, i.segment, fields, i.displacement, size, write);
      atLinear(op, aField, size, write);
    }
  }

  /** An access where an effective address has been computed. */
  private void atLinear(int op, int aField, int size, boolean write) {
    emit(op, aField | LINEAR << B_SHIFT | NONE << X_SHIFT | access(size, write), 0);
  }

  private void effectiveAddress(
      Insn i, int segment, int fields, int displacement, int size, boolean write) {
    emit(
        EA,
        fields | segment << SEGMENT_SHIFT | (i.address16 ? ADDRESS16 : 0) | access(size, write),
        displacement);
  }

  /** An access at a string register. */
  private void string(
      Insn i, int segment, int register, int op, int aField, int size, boolean write) {
    int fields = register << B_SHIFT | NONE << X_SHIFT;
    if (flat(i, segment)) {
      emit(op, aField | fields | access(size, write), 0);
    } else {
      effectiveAddress(i, segment, fields, 0, size, write);
      atLinear(op, aField, size, write);
    }
  }

  private static int load(int size) {
    return size == 4 ? LOAD32 : size == 2 ? LOAD16 : LOAD8;
  }

  private static int store(int size) {
    return size == 4 ? STORE32 : size == 2 ? STORE16 : STORE8;
  }

  private static int move(int size) {
    return size == 4 ? MOV : size == 2 ? MOV16 : MOV8;
  }

  /** Loads the memory operand into a register of the loop's own. */
  private void loadInto(Insn i, int register, int size) {
    memory(i, load(size), register << A_SHIFT, size, false);
  }

  /** Loads the memory operand, which must be writable, for a {@link #back} that follows. */
  private void modify(Insn i, int size) {
    memory(i, load(size), TEMP << A_SHIFT, size, true);
  }

  private void back(int register, int size) {
    int op = size == 4 ? BACK32 : size == 2 ? BACK16 : BACK8;
    emit(op, a(register, size), 0);
  }

  private static boolean isSize(int size) {
    return size == 1 || size == 2 || size == 4;
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
      case SHL, SHR, SAR, ROL, ROR -> shift(i);
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

  private boolean one(int op, int fields) {
    emit(op, fields, 0);
    return true;
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
    if (i.size0 != 4) {
      return false;
    }
    int op =
        switch (i.operation) {
          case SHL -> SHL;
          case SHR -> SHR;
          case SAR -> SAR;
          case ROL -> ROL;
          default -> ROR;
        };
    return i.kind1 == Insn.IMM
        ? computeInPlace(i, op, SOURCE_IMMEDIATE, i.imm)
        : computeInPlace(i, op, i.index1 << B_SHIFT, 0);
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

  private boolean flatStack(int size) {
    return size == 4 && has(Mode.FLAT_DATA | Mode.STACK32);
  }

  private void flatStackAccess(int op, int register, int displacement) {
    int fields = register << A_SHIFT | Cpu.ESP << B_SHIFT | NONE << X_SHIFT;
    emit(op, fields | access(4, displacement < 0), displacement);
  }

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

  private void pushRegister(int source, int size) {
    if (flatStack(size)) {
      flatStackAccess(PUSH, source, -4);
    } else {
      emit(EA_STACK, 0, Cpu.ESP, -size);
      atLinear(store(size), source << A_SHIFT, size, true);
      emit(MOV, Cpu.ESP, STACK, 0);
    }
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

  private void popTemp(int size) {
    emit(EA_STACK, 0, Cpu.ESP, size);
    atLinear(load(size), TEMP << A_SHIFT, size, false);
    emit(MOV, Cpu.ESP, STACK, 0);
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

  // ---- jumps

  /** Whether a relative branch can be done without a check of its own; notes its distance. */
  private boolean reach(Insn i, int distance) {
    if (i.operandSize == 4) {
      return has(Mode.FLAT_CODE);
    }
    if (!has(Mode.WIDE_CODE) || has(Mode.CODE32)) {
      return false;
    }
    branches16 = true;
    lowest = Math.min(lowest, distance);
    highest = Math.max(highest, distance);
    return true;
  }

  /** Whether the offset that a branch takes from a register or the stack needs no check. */
  private boolean reachesAll(Insn i) {
    return has(i.operandSize == 4 ? Mode.FLAT_CODE : Mode.WIDE_CODE);
  }

  private boolean jcc(Insn i) {
    int truth = HotLoop.truth(i.condition);
    int distance = i.end + i.imm;
    if (truth < 0 || !reach(i, distance)) {
      return false;
    }
    condition(truth, distance);
    ops[length - 2] = JCC;
    return true;
  }

  /** A branch on ECX or CX. */
  private boolean counted(Insn i, int op) {
    int distance = i.end + i.imm;
    if (!reach(i, distance)) {
      return false;
    }
    emit(op, Cpu.ECX, 0, 0);
    condition(IF_ONE, distance);
    return true;
  }

  private void condition(int truth, int distance) {
    word((long) distance << 32 | (long) blockLength << 16 | truth);
    word((long) link(blockLength) << 32 | link(distance) & 0xffff_ffffL);
  }

  private boolean jmp(Insn i) {
    int distance = i.end + i.imm;
    if (!reach(i, distance)) {
      return false;
    }
    emit(JMP, 0, distance);
    word(link(distance) & 0xffff_ffffL);
    return true;
  }

  private boolean call(Insn i) {
    int distance = i.end + i.imm;
    if (!reach(i, distance)) {
      return false;
    }
    if (flatStack(i.operandSize)) {
      flatStackAccess(CALL, 0, -4);
      word((long) i.end << 32 | link(distance) & 0xffff_ffffL);
      word(distance & 0xffff_ffffL);
      return true;
    }
    emit(EIP, TEMP << A_SHIFT | SOURCE_IMMEDIATE, i.end);
    pushRegister(TEMP, i.operandSize);
    emit(JMP, 0, distance);
    word(link(distance) & 0xffff_ffffL);
    return true;
  }

  private boolean ret(Insn i) {
    int size = i.operandSize;
    if (!reachesAll(i)) {
      return false;
    }
    if (flatStack(size)) {
      flatStackAccess(RET, 0, 0);
      word(i.kind0 == Insn.IMM ? i.imm & 0xffff : 0);
      return true;
    }
    if (i.kind0 == Insn.IMM) {
      return false;
    }
    popTemp(size);
    emit(JMP_R, TEMP, 0, 0);
    return true;
  }

  /** The target of an indirect branch in a register, which is returned; -1 if there is none. */
  private int target(Insn i) {
    int size = i.operandSize;
    if (!reachesAll(i)) {
      return -1;
    }
    if (i.kind0 == Insn.MEM) {
      loadInto(i, OTHER, size);
      return OTHER;
    }
    if (size == 4) {
      return i.index0;
    }
    emit(MOVZX16, OTHER, i.index0, 0);
    return OTHER;
  }

  private boolean indirect(Insn i) {
    int target = target(i);
    if (target < 0) {
      return false;
    }
    emit(JMP_R, target, 0, 0);
    return true;
  }

  private boolean callIndirect(Insn i) {
    int target = target(i);
    if (target < 0) {
      return false;
    }
    if (flatStack(i.operandSize)) {
      flatStackAccess(CALL_R, target, -4);
      word((long) i.end << 32 | NOWHERE);
      return true;
    }
    if (target == Cpu.ESP) {
      return false; // the target is esp before the push
    }
    emit(EIP, TEMP << A_SHIFT | SOURCE_IMMEDIATE, i.end);
    pushRegister(TEMP, i.operandSize);
    emit(JMP_R, target, 0, 0);
    return true;
  }
}
