package org.trampoline.emulator.execute.simd;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.decode.Operation;

/** Finds the definition of each MMX and SSE instruction. */
public final class SimdDispatch {
  private static final long LOW_32 = 0xffff_ffffL;

  private SimdDispatch() {}

  /** Executes an MMX or SSE instruction; any other is #UD. */
  public static void execute(Cpu c, Insn i) {
    SimdOperands.available(c, i);
    switch (i.operation) {
      case PADDB, PADDW, PADDD, PADDQ, PSUBB, PSUBW, PSUBD, PSUBQ -> PackedInteger.execute(c, i);
      case PADDSB, PADDSW, PADDUSB, PADDUSW -> PackedInteger.execute(c, i);
      case PSUBSB, PSUBSW, PSUBUSB, PSUBUSW -> PackedInteger.execute(c, i);
      case PAND, PANDN, POR, PXOR -> PackedInteger.execute(c, i);
      case ANDPS, ANDNPS, ORPS, XORPS -> PackedInteger.execute(c, i);
      case ANDPD, ANDNPD, ORPD, XORPD -> PackedInteger.execute(c, i);
      case PCMPEQB, PCMPEQW, PCMPEQD, PCMPGTB, PCMPGTW, PCMPGTD -> PackedInteger.execute(c, i);
      case PMINUB, PMAXUB, PMINSW, PMAXSW, PAVGB, PAVGW -> PackedInteger.execute(c, i);
      case PMULLW, PMULHW, PMULHUW, PMULHRSW, PMULUDQ -> PackedInteger.execute(c, i);
      case PMADDWD, PMADDUBSW, PSADBW -> PackedInteger.execute(c, i);
      case PSIGNB, PSIGNW, PSIGND, PABSB, PABSW, PABSD -> PackedInteger.execute(c, i);

      case PSLLW, PSLLD, PSLLQ, PSRLW, PSRLD, PSRLQ, PSRAW, PSRAD -> PackedShift.execute(c, i);
      case PSLLDQ -> PackedShift.wholeRegister(c, i, true);
      case PSRLDQ -> PackedShift.wholeRegister(c, i, false);

      case PUNPCKLBW -> Shuffle.unpackLow(c, i, 8);
      case PUNPCKLWD -> Shuffle.unpackLow(c, i, 16);
      case PUNPCKLDQ, UNPCKLPS -> Shuffle.unpackLow(c, i, 32);
      case PUNPCKLQDQ, UNPCKLPD -> Shuffle.unpackLow(c, i, 64);
      case PUNPCKHBW -> Shuffle.unpackHigh(c, i, 8);
      case PUNPCKHWD -> Shuffle.unpackHigh(c, i, 16);
      case PUNPCKHDQ, UNPCKHPS -> Shuffle.unpackHigh(c, i, 32);
      case PUNPCKHQDQ, UNPCKHPD -> Shuffle.unpackHigh(c, i, 64);
      case PACKSSWB, PACKUSWB, PACKSSDW -> Shuffle.pack(c, i);
      case PSHUFW -> Shuffle.pshufw(c, i);
      case PSHUFLW -> Shuffle.pshuflw(c, i);
      case PSHUFHW -> Shuffle.pshufhw(c, i);
      case PSHUFD -> Shuffle.pshufd(c, i);
      case SHUFPS -> Shuffle.shufps(c, i);
      case SHUFPD -> Shuffle.shufpd(c, i);
      case MOVSLDUP -> Shuffle.duplicate(c, i, false);
      case MOVSHDUP -> Shuffle.duplicate(c, i, true);
      case PSHUFB -> Shuffle.pshufb(c, i);
      case PALIGNR -> Shuffle.palignr(c, i);
      case PHADDW, PHADDD, PHADDSW, PHSUBW, PHSUBD, PHSUBSW -> Shuffle.horizontal(c, i);
      case PINSRW -> Shuffle.pinsrw(c, i);
      case PEXTRW -> Shuffle.pextrw(c, i);
      case PMOVMSKB -> Shuffle.signs(c, i, 8);
      case MOVMSKPS -> Shuffle.signs(c, i, 32);
      case MOVMSKPD -> Shuffle.signs(c, i, 64);

      case MOVD, MOVDQA, MOVDQU, LDDQU, MOVNTQ, MOVNTDQ -> SimdTransfer.move(c, i);
      case MOVAPS, MOVAPD, MOVUPS, MOVUPD, MOVNTPS, MOVNTPD -> SimdTransfer.move(c, i);
      case MOVQ, MOVQ2DQ, MOVDQ2Q -> SimdTransfer.moveQuadword(c, i);
      case MOVSS -> SimdTransfer.moveScalar(c, i, LOW_32);
      case MOVSD -> SimdTransfer.moveScalar(c, i, -1);
      case MOVLPS, MOVLPD -> SimdTransfer.moveLow(c, i);
      case MOVHPS, MOVHPD -> SimdTransfer.moveHigh(c, i);
      case MOVHLPS -> SimdTransfer.moveHighToLow(c, i);
      case MOVLHPS -> SimdTransfer.moveLowToHigh(c, i);
      case MOVDDUP -> SimdTransfer.duplicate(c, i);
      case MASKMOVQ, MASKMOVDQU -> SimdTransfer.maskedMove(c, i);
      case EMMS -> c.fpu.leaveMmx();

      case ADDPS, SUBPS, MULPS, DIVPS, SQRTPS, MINPS, MAXPS ->
          SimdArithmetic.packedSingle(c, i, i.operation);
      case ADDPD -> SimdArithmetic.packedDouble(c, i, Operation.ADDPS);
      case SUBPD -> SimdArithmetic.packedDouble(c, i, Operation.SUBPS);
      case MULPD -> SimdArithmetic.packedDouble(c, i, Operation.MULPS);
      case DIVPD -> SimdArithmetic.packedDouble(c, i, Operation.DIVPS);
      case SQRTPD -> SimdArithmetic.packedDouble(c, i, Operation.SQRTPS);
      case MINPD -> SimdArithmetic.packedDouble(c, i, Operation.MINPS);
      case MAXPD -> SimdArithmetic.packedDouble(c, i, Operation.MAXPS);
      case ADDSS -> SimdArithmetic.scalarSingle(c, i, Operation.ADDPS);
      case SUBSS -> SimdArithmetic.scalarSingle(c, i, Operation.SUBPS);
      case MULSS -> SimdArithmetic.scalarSingle(c, i, Operation.MULPS);
      case DIVSS -> SimdArithmetic.scalarSingle(c, i, Operation.DIVPS);
      case SQRTSS -> SimdArithmetic.scalarSingle(c, i, Operation.SQRTPS);
      case MINSS -> SimdArithmetic.scalarSingle(c, i, Operation.MINPS);
      case MAXSS -> SimdArithmetic.scalarSingle(c, i, Operation.MAXPS);
      case ADDSD -> SimdArithmetic.scalarDouble(c, i, Operation.ADDPS);
      case SUBSD -> SimdArithmetic.scalarDouble(c, i, Operation.SUBPS);
      case MULSD -> SimdArithmetic.scalarDouble(c, i, Operation.MULPS);
      case DIVSD -> SimdArithmetic.scalarDouble(c, i, Operation.DIVPS);
      case SQRTSD -> SimdArithmetic.scalarDouble(c, i, Operation.SQRTPS);
      case MINSD -> SimdArithmetic.scalarDouble(c, i, Operation.MINPS);
      case MAXSD -> SimdArithmetic.scalarDouble(c, i, Operation.MAXPS);
      case HADDPS -> SimdArithmetic.horizontalSingle(c, i, false);
      case HSUBPS -> SimdArithmetic.horizontalSingle(c, i, true);
      case HADDPD -> SimdArithmetic.horizontalDouble(c, i, false);
      case HSUBPD -> SimdArithmetic.horizontalDouble(c, i, true);
      case ADDSUBPS -> SimdArithmetic.addSubtractSingle(c, i);
      case ADDSUBPD -> SimdArithmetic.addSubtractDouble(c, i);
      case RCPPS -> Reciprocal.packed(c, i, false);
      case RCPSS -> Reciprocal.scalar(c, i, false);
      case RSQRTPS -> Reciprocal.packed(c, i, true);
      case RSQRTSS -> Reciprocal.scalar(c, i, true);

      case CMPPS -> SimdComparison.packedSingle(c, i);
      case CMPPD -> SimdComparison.packedDouble(c, i);
      case CMPSS -> SimdComparison.scalarSingle(c, i);
      case CMPSD -> SimdComparison.scalarDouble(c, i);
      case COMISS -> SimdComparison.flags(c, i, BinaryFormat.SINGLE, true);
      case UCOMISS -> SimdComparison.flags(c, i, BinaryFormat.SINGLE, false);
      case COMISD -> SimdComparison.flags(c, i, BinaryFormat.DOUBLE, true);
      case UCOMISD -> SimdComparison.flags(c, i, BinaryFormat.DOUBLE, false);

      case CVTPI2PS -> SimdConversion.pairToSingle(c, i);
      case CVTDQ2PS -> SimdConversion.toSingle(c, i);
      case CVTPI2PD, CVTDQ2PD -> SimdConversion.toDouble(c, i);
      case CVTSI2SS -> SimdConversion.scalarToSingle(c, i);
      case CVTSI2SD -> SimdConversion.scalarToDouble(c, i);
      case CVTSS2SI -> SimdConversion.scalarToInteger(c, i, BinaryFormat.SINGLE, false);
      case CVTTSS2SI -> SimdConversion.scalarToInteger(c, i, BinaryFormat.SINGLE, true);
      case CVTSD2SI -> SimdConversion.scalarToInteger(c, i, BinaryFormat.DOUBLE, false);
      case CVTTSD2SI -> SimdConversion.scalarToInteger(c, i, BinaryFormat.DOUBLE, true);
      case CVTPS2PI -> SimdConversion.singlesToPair(c, i, false);
      case CVTTPS2PI -> SimdConversion.singlesToPair(c, i, true);
      case CVTPS2DQ -> SimdConversion.singlesToIntegers(c, i, false);
      case CVTTPS2DQ -> SimdConversion.singlesToIntegers(c, i, true);
      case CVTPD2PI, CVTPD2DQ -> SimdConversion.doublesToIntegers(c, i, false);
      case CVTTPD2PI, CVTTPD2DQ -> SimdConversion.doublesToIntegers(c, i, true);
      case CVTPS2PD -> SimdConversion.singlesToDoubles(c, i);
      case CVTPD2PS -> SimdConversion.doublesToSingles(c, i);
      case CVTSS2SD -> SimdConversion.singleToDouble(c, i);
      case CVTSD2SS -> SimdConversion.doubleToSingle(c, i);

      case LDMXCSR -> SimdControl.ldmxcsr(c, i);
      case STMXCSR -> SimdControl.stmxcsr(c, i);
      case FXSAVE -> SimdControl.fxsave(c, i);
      case FXRSTOR -> SimdControl.fxrstor(c, i);
      default -> throw c.ud();
    }
  }
}
