package org.trampoline.emulator.translate;

import org.trampoline.emulator.decode.Attribute;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.fault.Vector;

/** Chooses the template of an instruction; what has none is left to the shared semantics. */
final class Templates {
  private Templates() {}

  /**
   * Emits an instruction.
   *
   * @return false, with nothing emitted, if there is no template for this form
   */
  static boolean emit(Emission e, Insn i) {
    return switch (i.operation) {
      case ADD -> BinaryTemplates.binary(e, i, 0);
      case OR -> BinaryTemplates.binary(e, i, 1);
      case ADC -> BinaryTemplates.binary(e, i, 2);
      case SBB -> BinaryTemplates.binary(e, i, 3);
      case AND -> BinaryTemplates.binary(e, i, 4);
      case SUB -> BinaryTemplates.binary(e, i, 5);
      case XOR -> BinaryTemplates.binary(e, i, 6);
      case CMP -> BinaryTemplates.binary(e, i, 7);
      case TEST -> BinaryTemplates.binary(e, i, BinaryTemplates.TEST);
      case INC -> UnaryTemplates.step(e, i, 0);
      case DEC -> UnaryTemplates.step(e, i, 1);
      case NOT -> UnaryTemplates.not(e, i);
      case NEG -> UnaryTemplates.neg(e, i);
      case MUL -> MultiplyTemplates.multiply(e, i, 4);
      case IMUL -> MultiplyTemplates.multiply(e, i, 5);
      case IMUL_TRUNCATED -> MultiplyTemplates.truncated(e, i);
      case XADD -> AtomicTemplates.exchangeAdd(e, i);
      case CMPXCHG -> AtomicTemplates.compareExchange(e, i);
      case CMPXCHG8B -> AtomicTemplates.compareExchange8(e, i);
      case DIV -> MultiplyTemplates.divide(e, i);
      case IDIV -> MultiplyTemplates.divideSigned(e, i);

      case ROL -> RotateTemplates.rotate(e, i, 0);
      case ROR -> RotateTemplates.rotate(e, i, 1);
      case RCL -> RotateTemplates.rotate(e, i, 2);
      case RCR -> RotateTemplates.rotate(e, i, 3);
      case SHL -> ShiftTemplates.shift(e, i, 4);
      case SHR -> ShiftTemplates.shift(e, i, 5);
      case SAR -> ShiftTemplates.shift(e, i, 7);
      case SHLD -> ShiftTemplates.pair(e, i, 0x0fa4);
      case SHRD -> ShiftTemplates.pair(e, i, 0x0fac);

      case BT -> BitTemplates.test(e, i, 4);
      case BTS -> BitTemplates.test(e, i, 5);
      case BTR -> BitTemplates.test(e, i, 6);
      case BTC -> BitTemplates.test(e, i, 7);
      case BSF -> BitTemplates.scan(e, i, 0x0fbc);
      case BSR -> BitTemplates.scan(e, i, 0x0fbd);
      case BSWAP -> BitTemplates.swap(e, i);

      case MOV, MOVNTI -> MoveTemplates.move(e, i);
      case MOVZX -> MoveTemplates.extend(e, i, 0x0fb6);
      case MOVSX -> MoveTemplates.extend(e, i, 0x0fbe);
      case LEA -> MoveTemplates.lea(e, i);
      case XCHG -> MoveTemplates.exchange(e, i);
      case CMOVCC -> MoveTemplates.conditional(e, i);
      case SETCC -> MoveTemplates.setCondition(e, i);
      case CBW, CWDE, CWD, CDQ -> MoveTemplates.extendAccumulator(e, i);
      case XLAT -> MoveTemplates.translate(e, i);
      case NOP, PAUSE, LFENCE, MFENCE, SFENCE -> true;

      case LAHF -> FlagTemplates.load(e);
      case SAHF -> FlagTemplates.store(e);
      case CLC -> FlagTemplates.carry(e, 4, ~0x100);
      case STC -> FlagTemplates.carry(e, 1, 0x100);
      case CMC -> FlagTemplates.carry(e, 6, 0x100);
      case CLD -> FlagTemplates.direction(e, 1);
      case STD -> FlagTemplates.direction(e, -1);

      case PUSHF -> SystemTemplates.pushf(e, i);
      case POPF -> SystemTemplates.popf(e, i);
      case CLI -> SystemTemplates.cli(e);
      case STI -> SystemTemplates.sti(e);
      case INT -> TrapTemplates.software(e, i.imm & 0xff);
      case INT3 -> TrapTemplates.software(e, Vector.BP);
      case IRET -> TrapTemplates.iret(e, i);
      case SYSENTER -> FastSystemCallTemplates.enter(e);
      case SYSEXIT -> FastSystemCallTemplates.exit(e);
      case MOV_FROM_CONTROL -> SystemTemplates.fromControl(e, i);
      case INVLPG -> SystemTemplates.invalidate(e);
      case RDTSC -> ClockState.read(e);

      case PUSH -> StackTemplates.push(e, i);
      case MOV_FROM_SEGMENT -> SegmentTemplates.store(e, i);
      case MOV_TO_SEGMENT -> SegmentTemplates.load(e, i);
      case PUSH_SEGMENT -> SegmentTemplates.push(e, i);
      case POP_SEGMENT -> SegmentTemplates.pop(e, i);
      case PUSHA -> StackTemplates.pushAll(e, i);
      case POPA -> StackTemplates.popAll(e, i);
      case POP -> StackTemplates.pop(e, i);
      case ENTER -> StackTemplates.enter(e, i);
      case LEAVE -> StackTemplates.leave(e, i);

      case JCC -> BranchTemplates.conditional(e, i);
      case JMP -> BranchTemplates.jump(e, i);
      case JMP_INDIRECT -> BranchTemplates.jumpIndirect(e, i);
      case CALL -> BranchTemplates.call(e, i);
      case CALL_INDIRECT -> BranchTemplates.callIndirect(e, i);
      case RET -> BranchTemplates.ret(e, i);
      case LOOP, LOOPE, LOOPNE -> BranchTemplates.loop(e, i);
      case JCXZ -> BranchTemplates.countIsZero(e, i);

      case MOVS, STOS, LODS, SCAS, CMPS -> StringTemplates.emit(e, i);
      case MOV_TO_CONTROL -> i.index0 == 3 && SpaceTable.load(e, i);
      default -> usesUnit(i) && unit(e, i);
    };
  }

  private static boolean unit(Emission e, Insn i) {
    return i.form.has(Attribute.X87) ? X87Templates.emit(e, i) : SimdTemplates.emit(e, i);
  }

  /** Whether it is an instruction of the x87, MMX or SSE units. */
  static boolean usesUnit(Insn i) {
    return i.form.has(Attribute.X87) || i.form.has(Attribute.MMX) || i.form.has(Attribute.SSE);
  }

  /** Whether there is a template for an instruction of these units. */
  static boolean supportsUnit(Insn i) {
    return i.form.has(Attribute.X87) ? X87Templates.supports(i) : SimdTemplates.supports(i);
  }

  /** Whether execution may leave translated code at this instruction, before or behind it. */
  static boolean mayExit(Insn i) {
    if (i.form.mayFault(i)) {
      return true;
    }
    return switch (i.operation) {
      case ADD, OR, ADC, SBB, AND, SUB, XOR, CMP, TEST, INC, DEC, NOT, NEG -> false;
      case MOV, MOVZX, MOVSX, LEA, XCHG, CMOVCC, SETCC, CBW, CWDE, CWD, CDQ, BSWAP -> false;
      case MUL, IMUL, IMUL_TRUNCATED, BSF, BSR, NOP, LAHF, SAHF, CLC, STC, CMC -> false;
      case SHL, SHR, SAR, ROL, ROR -> i.size0 != 4;
      default -> true;
    };
  }
}
