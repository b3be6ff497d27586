package org.trampoline.emulator.execute.x87;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Insn;

/** Finds the definition of each x87 instruction. */
public final class X87Dispatch {
  private X87Dispatch() {}

  /** Executes an x87 instruction; any other is #UD. */
  public static void execute(Cpu c, Insn i) {
    switch (i.operation) {
      case FADD -> X87Arithmetic.fadd(c, i);
      case FADDP -> X87Arithmetic.faddp(c, i);
      case FIADD -> X87Arithmetic.fiadd(c, i);
      case FMUL -> X87Arithmetic.fmul(c, i);
      case FMULP -> X87Arithmetic.fmulp(c, i);
      case FIMUL -> X87Arithmetic.fimul(c, i);
      case FSUB -> X87Arithmetic.fsub(c, i);
      case FSUBP -> X87Arithmetic.fsubp(c, i);
      case FISUB -> X87Arithmetic.fisub(c, i);
      case FSUBR -> X87Arithmetic.fsubr(c, i);
      case FSUBRP -> X87Arithmetic.fsubrp(c, i);
      case FISUBR -> X87Arithmetic.fisubr(c, i);
      case FDIV -> X87Arithmetic.fdiv(c, i);
      case FDIVP -> X87Arithmetic.fdivp(c, i);
      case FIDIV -> X87Arithmetic.fidiv(c, i);
      case FDIVR -> X87Arithmetic.fdivr(c, i);
      case FDIVRP -> X87Arithmetic.fdivrp(c, i);
      case FIDIVR -> X87Arithmetic.fidivr(c, i);
      case FSQRT -> X87Arithmetic.fsqrt(c, i);
      case FRNDINT -> X87Arithmetic.frndint(c, i);
      case FABS -> X87Arithmetic.fabs(c, i);
      case FCHS -> X87Arithmetic.fchs(c, i);
      case FSCALE -> X87Arithmetic.fscale(c, i);
      case FPREM -> X87Arithmetic.fprem(c, i);
      case FPREM1 -> X87Arithmetic.fprem1(c, i);
      case FXTRACT -> X87Arithmetic.fxtract(c, i);

      case FCOM -> X87Comparison.fcom(c, i);
      case FCOMP -> X87Comparison.fcomp(c, i);
      case FCOMPP -> X87Comparison.fcompp(c, i);
      case FUCOM -> X87Comparison.fucom(c, i);
      case FUCOMP -> X87Comparison.fucomp(c, i);
      case FUCOMPP -> X87Comparison.fucompp(c, i);
      case FICOM -> X87Comparison.ficom(c, i);
      case FICOMP -> X87Comparison.ficomp(c, i);
      case FCOMI -> X87Comparison.fcomi(c, i);
      case FCOMIP -> X87Comparison.fcomip(c, i);
      case FUCOMI -> X87Comparison.fucomi(c, i);
      case FUCOMIP -> X87Comparison.fucomip(c, i);
      case FTST -> X87Comparison.ftst(c, i);
      case FXAM -> X87Comparison.fxam(c, i);

      case FLD -> X87Transfer.fld(c, i);
      case FST -> X87Transfer.fst(c, i);
      case FSTP -> X87Transfer.fstp(c, i);
      case FSTPNCE -> X87Transfer.fstpnce(c, i);
      case FILD -> X87Transfer.fild(c, i);
      case FIST -> X87Transfer.fist(c, i);
      case FISTP -> X87Transfer.fistp(c, i);
      case FISTTP -> X87Transfer.fisttp(c, i);
      case FBLD -> X87Transfer.fbld(c, i);
      case FBSTP -> X87Transfer.fbstp(c, i);
      case FXCH -> X87Transfer.fxch(c, i);
      case FCMOVCC -> X87Transfer.fcmovcc(c, i);

      case FLD1 -> X87Constants.fld1(c, i);
      case FLDZ -> X87Constants.fldz(c, i);
      case FLDL2T -> X87Constants.fldl2t(c, i);
      case FLDL2E -> X87Constants.fldl2e(c, i);
      case FLDPI -> X87Constants.fldpi(c, i);
      case FLDLG2 -> X87Constants.fldlg2(c, i);
      case FLDLN2 -> X87Constants.fldln2(c, i);

      case F2XM1 -> X87Transcendental.f2xm1(c, i);
      case FYL2X -> X87Transcendental.fyl2x(c, i);
      case FYL2XP1 -> X87Transcendental.fyl2xp1(c, i);
      case FSIN -> X87Transcendental.fsin(c, i);
      case FCOS -> X87Transcendental.fcos(c, i);
      case FSINCOS -> X87Transcendental.fsincos(c, i);
      case FPTAN -> X87Transcendental.fptan(c, i);
      case FPATAN -> X87Transcendental.fpatan(c, i);

      case FNOP -> X87Control.fnop(c, i);
      case FNOP_8087 -> X87Control.fnop8087(c, i);
      case FWAIT -> X87Control.fwait(c, i);
      case FNINIT -> X87Control.fninit(c, i);
      case FNCLEX -> X87Control.fnclex(c, i);
      case FLDCW -> X87Control.fldcw(c, i);
      case FNSTCW -> X87Control.fnstcw(c, i);
      case FNSTSW -> X87Control.fnstsw(c, i);
      case FLDENV -> X87Control.fldenv(c, i);
      case FNSTENV -> X87Control.fnstenv(c, i);
      case FRSTOR -> X87Control.frstor(c, i);
      case FNSAVE -> X87Control.fnsave(c, i);
      case FINCSTP -> X87Control.fincstp(c, i);
      case FDECSTP -> X87Control.fdecstp(c, i);
      case FFREE -> X87Control.ffree(c, i);
      case FFREEP -> X87Control.ffreep(c, i);

      default -> throw c.ud();
    }
  }
}
