package org.trampoline.emulator.translate;

import static org.trampoline.emulator.translate.HostOpcodes.EQUAL;
import static org.trampoline.emulator.translate.HostOpcodes.NOT_EQUAL;

import org.trampoline.emulator.decode.Insn;

/**
 * x87 instructions: the same instruction of the host, on the guest's registers in the host's. That
 * is exact where the result is defined, and where it is not, {@link X87Trial} looks first; the
 * transcendental ones, whose last bit is each processor's own, are the shared semantics'.
 */
final class X87Templates {
  private static final int ADDRESS = HostRegisters.ADDRESS;
  private static final int VALUE = HostRegisters.VALUE;
  private static final int STATE = HostRegisters.STATE;

  private X87Templates() {}

  static boolean supports(Insn i) {
    if (!HostTraits.get().x87Agrees()) {
      return false;
    }
    return switch (i.operation) {
      case FADD, FADDP, FIADD, FMUL, FMULP, FIMUL, FSUB, FSUBP, FISUB -> true;
      case FSUBR, FSUBRP, FISUBR, FDIV, FDIVP, FIDIV, FDIVR, FDIVRP, FIDIVR -> true;
      case FSQRT, FRNDINT, FABS, FCHS, FSCALE, FPREM, FPREM1, FXTRACT -> true;
      case FCOM, FCOMP, FCOMPP, FUCOM, FUCOMP, FUCOMPP, FICOM, FICOMP -> true;
      case FCOMI, FCOMIP, FUCOMI, FUCOMIP, FTST, FXAM -> true;
      case FLD, FST, FSTP, FILD, FIST, FISTP, FBLD, FBSTP, FXCH, FCMOVCC -> true;
      case FISTTP -> HostTraits.get().sse3();
      case FLD1, FLDZ, FLDL2T, FLDL2E, FLDPI, FLDLG2, FLDLN2 -> true;
      case FINCSTP, FDECSTP, FFREE, FNOP, FWAIT, FNCLEX, FNINIT -> true;
      case FLDCW, FNSTCW, FNSTSW -> true;
      default -> false;
    };
  }

  static boolean emit(Emission e, Insn i) {
    if (!supports(i)) {
      return false;
    }
    HostAssembler a = e.hot;
    switch (i.operation) {
      case FWAIT -> {} // nothing is pending while all is masked
      case FNOP -> e.pointers.executed(e, i);
      case FNCLEX -> same(a, i);
      case FNINIT -> {
        same(a, i);
        e.pointers.clear(a);
      }
      case FLDCW -> loadControl(e, i);
      case FNSTCW -> {
        e.memory.operand(i, 2, true);
        memory(e, i);
      }
      case FNSTSW -> storeStatus(e, i);
      case FCOMI, FCOMIP, FUCOMI, FUCOMIP -> {
        same(a, i);
        a.emit8(0xd9, 0xf7, 0xd9, 0xf6); // fincstp; fdecstp: C1, which AMD's may leave, is 0
        e.flags.produced(FlagState.Kind.ARITHMETIC, e.live);
        e.pointers.executed(e, i);
      }
      case FCMOVCC -> {
        e.flags.loadAll();
        same(a, i);
        e.pointers.executed(e, i);
      }
      default -> {
        if (i.kind0 == Insn.MEM) {
          e.memory.operand(i, i.size0, i.form.writes(0));
          e.pointers.operand(e, i);
          memory(e, i);
        } else {
          same(a, i);
        }
        e.pointers.executed(e, i);
      }
    }
    return true;
  }

  /** The instruction itself, which names no memory. */
  private static void same(HostAssembler a, Insn i) {
    a.emit8(0xd8 | i.imm >> 8, i.imm & 0xff);
  }

  /** The instruction itself, with the operand that was probed last. */
  private static void memory(Emission e, Insn i) {
    e.memory.instruction(4, 0xd8 | i.imm >> 8, i.imm >> 3 & 7);
  }

  /** Leaves if something would be unmasked, or precision is the reserved one. */
  private static void loadControl(Emission e, Insn i) {
    HostAssembler a = e.hot;
    e.memory.operand(i, 2, false);
    e.memory.instruction(4, 0x0fb7, VALUE);
    a.move(ADDRESS, VALUE);
    a.and(ADDRESS, 0x3f);
    a.compare(ADDRESS, 0x3f);
    e.exitIf(NOT_EQUAL, Exit.INTERPRET);
    a.move(ADDRESS, VALUE);
    a.and(ADDRESS, 0x300);
    a.compare(ADDRESS, 0x100);
    e.exitIf(EQUAL, Exit.INTERPRET);
    a.and(VALUE, 0x1f3f);
    a.arithmeticImmediate(4, 1, VALUE, 0x40);
    a.memory(4, 0x89, VALUE, STATE, UnitState.SCRATCH);
    a.memory(4, 0xd9, 5, STATE, UnitState.SCRATCH);
  }

  private static void storeStatus(Emission e, Insn i) {
    HostAssembler a = e.hot;
    if (i.kind0 == Insn.MEM) {
      e.memory.operand(i, 2, true);
      memory(e, i);
      return;
    }
    a.move(VALUE, HostAssembler.RAX); // where the flags live
    a.emit8(0xdf, 0xe0);
    a.register(2, 0x8b, HostRegisters.EAX, HostAssembler.RAX);
    a.move(HostAssembler.RAX, VALUE);
  }
}
