package org.trampoline.emulator.execute;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.cpu.UndefinedFlags;
import org.trampoline.emulator.decode.Attribute;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.execute.simd.SimdDispatch;
import org.trampoline.emulator.execute.x87.X87Dispatch;

/**
 * What every instruction does: the one place where an {@code Operation} becomes a call of its
 * definition. Every engine comes here for what it does not do by itself.
 *
 * <p>On entry {@code eip} is that of the next instruction; a {@code GuestFault} leaves everything
 * else as it was.
 */
public final class Semantics {
  private Semantics() {}

  /** Executes one instruction of any kind. */
  public static void execute(Cpu c, Insn i) {
    if (c.undefinedFlags != UndefinedFlags.USUAL && i.form.leavesFlagsUndefined()) {
      ProfiledFlags.execute(c, i);
    } else {
      define(c, i);
    }
  }

  /** The definition of the instruction, with the usual undefined flags. */
  static void define(Cpu c, Insn i) {
    switch (i.operation) {
      case UNDEFINED, UD -> throw c.ud();
      case TOO_LONG -> throw c.gp(0);
      case ADD -> Arithmetic.add(c, i);
      case OR -> Logic.or(c, i);
      case ADC -> Arithmetic.adc(c, i);
      case SBB -> Arithmetic.sbb(c, i);
      case AND -> Logic.and(c, i);
      case SUB -> Arithmetic.sub(c, i);
      case XOR -> Logic.xor(c, i);
      case CMP -> Arithmetic.cmp(c, i);
      case INC -> Arithmetic.inc(c, i);
      case DEC -> Arithmetic.dec(c, i);
      case TEST -> Logic.test(c, i);
      case NOT -> Logic.not(c, i);
      case NEG -> Arithmetic.neg(c, i);
      case MUL -> Arithmetic.mul(c, multiplier(c, i), i.size0);
      case IMUL -> Arithmetic.imulAccumulator(c, multiplier(c, i), i.size0);
      case DIV -> Arithmetic.div(c, multiplier(c, i), i.size0);
      case IDIV -> Arithmetic.idiv(c, multiplier(c, i), i.size0);
      case IMUL_TRUNCATED -> Arithmetic.imulTruncated(c, i);
      case XADD -> Arithmetic.xadd(c, i);
      case CMPXCHG -> Arithmetic.cmpxchg(c, i);
      case CMPXCHG8B -> Arithmetic.cmpxchg8b(c, i);
      case BOUND -> Arithmetic.bound(c, i);

      case DAA -> Decimal.daa(c);
      case DAS -> Decimal.das(c);
      case AAA -> Decimal.aaa(c);
      case AAS -> Decimal.aas(c);
      case AAM -> Decimal.aam(c, i.imm);
      case AAD -> Decimal.aad(c, i.imm);

      case ROL -> Shifts.rol(c, i);
      case ROR -> Shifts.ror(c, i);
      case RCL -> Shifts.rcl(c, i);
      case RCR -> Shifts.rcr(c, i);
      case SHL -> Shifts.shl(c, i);
      case SHR -> Shifts.shr(c, i);
      case SAR -> Shifts.sar(c, i);
      case SHLD -> Shifts.shld(c, i);
      case SHRD -> Shifts.shrd(c, i);

      case BT -> BitOperations.bt(c, i);
      case BTS -> BitOperations.bts(c, i);
      case BTR -> BitOperations.btr(c, i);
      case BTC -> BitOperations.btc(c, i);
      case BSF -> BitOperations.bsf(c, i);
      case BSR -> BitOperations.bsr(c, i);
      case POPCNT -> BitOperations.popcnt(c, i);
      case BSWAP -> BitOperations.bswap(c, i);

      case MOV -> DataTransfer.mov(c, i);
      case MOVZX -> DataTransfer.mov(c, i);
      case MOVSX -> DataTransfer.movsx(c, i);
      case XCHG -> DataTransfer.xchg(c, i);
      case LEA -> DataTransfer.lea(c, i);
      case CMOVCC -> DataTransfer.cmov(c, i);
      case SETCC -> DataTransfer.setcc(c, i);
      case CBW -> c.reg16(Cpu.EAX, (byte) c.reg[Cpu.EAX]);
      case CWDE -> c.reg[Cpu.EAX] = (short) c.reg[Cpu.EAX];
      case CWD -> c.reg16(Cpu.EDX, (short) c.reg[Cpu.EAX] >> 15);
      case CDQ -> c.reg[Cpu.EDX] = c.reg[Cpu.EAX] >> 31;
      case XLAT -> DataTransfer.xlat(c, i);
      case LAHF -> DataTransfer.lahf(c);
      case SAHF -> DataTransfer.sahf(c);
      case SALC -> c.reg8(Cpu.EAX, c.carry >> 31);
      case CLC -> c.setCf(false);
      case STC -> c.setCf(true);
      case CMC -> c.setCf(!c.cf());
      case CLD -> c.eflags &= ~Eflags.DF;
      case STD -> c.eflags |= Eflags.DF;
      case NOP, PAUSE, LFENCE, MFENCE, SFENCE -> {}
      case MOVNTI -> DataTransfer.mov(c, i);
      case CLFLUSH -> DataTransfer.clflush(c, i);

      case PUSH -> StackOperations.push(c, i);
      case PUSH_SEGMENT -> StackOperations.pushSegment(c, i);
      case POP -> StackOperations.pop(c, i);
      case PUSHA -> StackOperations.pusha(c, i);
      case POPA -> StackOperations.popa(c, i);
      case ENTER -> StackOperations.enter(c, i);
      case LEAVE -> StackOperations.leave(c, i);

      case JCC -> ControlTransfer.jcc(c, i);
      case JMP -> ControlTransfer.jumpRelative(c, i);
      case JMP_INDIRECT -> ControlTransfer.jumpIndirect(c, i);
      case CALL -> ControlTransfer.callRelative(c, i);
      case CALL_INDIRECT -> ControlTransfer.callIndirect(c, i);
      case RET -> ControlTransfer.ret(c, i);
      case LOOP -> ControlTransfer.loop(c, i, true);
      case LOOPE -> ControlTransfer.loop(c, i, c.zf());
      case LOOPNE -> ControlTransfer.loop(c, i, !c.zf());
      case JCXZ -> ControlTransfer.jcxz(c, i);

      case MOVS, CMPS, STOS, LODS, SCAS, INS -> Strings.execute(c, i, i.size0);
      case OUTS -> Strings.execute(c, i, i.size1);

      case FXSAVE, FXRSTOR -> SimdDispatch.execute(c, i);

      default -> {
        if (ofUnit(i)) {
          unit(c, i);
        } else {
          SystemDispatch.execute(c, i);
        }
      }
    }
  }

  private static boolean ofUnit(Insn i) {
    return i.form.has(Attribute.X87) || i.form.has(Attribute.MMX) || i.form.has(Attribute.SSE);
  }

  /**
   * Whether it is an instruction of the x87, MMX or SSE units that stores nothing, for which {@link
   * #unit} does as well as {@link #execute}.
   */
  static boolean isUnit(Insn i) {
    return ofUnit(i)
        && !(i.kind0 == Insn.MEM && i.form.writes(0))
        && switch (i.operation) {
          case UNDEFINED, TOO_LONG, FXSAVE, FXRSTOR, CLFLUSH, MOVNTI, MASKMOVQ, MASKMOVDQU -> false;
          case NOP, PAUSE, LFENCE, MFENCE, SFENCE -> false;
          default -> true;
        };
  }

  /** Executes an instruction of the x87, MMX or SSE units. */
  static void unit(Cpu c, Insn i) {
    if (i.form.has(Attribute.X87)) {
      X87Dispatch.execute(c, i);
    } else {
      SimdDispatch.execute(c, i);
    }
  }

  /** The explicit operand of MUL, IMUL, DIV and IDIV; the accumulator is implied. */
  private static int multiplier(Cpu c, Insn i) {
    return Operands.read0(c, i);
  }
}
