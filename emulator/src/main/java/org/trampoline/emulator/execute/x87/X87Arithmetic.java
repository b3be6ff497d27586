package org.trampoline.emulator.execute.x87;

import static org.trampoline.emulator.execute.x87.Encoding80.SIGN;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Insn;

/** The basic arithmetic instructions (SDM vol. 1, 8.3.5). */
public final class X87Arithmetic {
  /** Operators, numbered as in bits 5–3 of the second opcode byte. */
  private static final int ADD = 0;

  private static final int MUL = 1;
  private static final int SUB = 4;
  private static final int SUBR = 5;
  private static final int DIV = 6;
  private static final int DIVR = 7;

  /** The condition codes that a remainder without a quotient leaves alone. */
  private static final int OTHERS = StatusWord.C0 | StatusWord.C3;

  private X87Arithmetic() {}

  static void fadd(Cpu c, Insn i) {
    real(c, i, ADD, false);
  }

  static void faddp(Cpu c, Insn i) {
    real(c, i, ADD, true);
  }

  static void fiadd(Cpu c, Insn i) {
    integer(c, i, ADD);
  }

  static void fmul(Cpu c, Insn i) {
    real(c, i, MUL, false);
  }

  static void fmulp(Cpu c, Insn i) {
    real(c, i, MUL, true);
  }

  static void fimul(Cpu c, Insn i) {
    integer(c, i, MUL);
  }

  static void fsub(Cpu c, Insn i) {
    real(c, i, SUB, false);
  }

  static void fsubp(Cpu c, Insn i) {
    real(c, i, SUB, true);
  }

  static void fisub(Cpu c, Insn i) {
    integer(c, i, SUB);
  }

  static void fsubr(Cpu c, Insn i) {
    real(c, i, SUBR, false);
  }

  static void fsubrp(Cpu c, Insn i) {
    real(c, i, SUBR, true);
  }

  static void fisubr(Cpu c, Insn i) {
    integer(c, i, SUBR);
  }

  static void fdiv(Cpu c, Insn i) {
    real(c, i, DIV, false);
  }

  static void fdivp(Cpu c, Insn i) {
    real(c, i, DIV, true);
  }

  static void fidiv(Cpu c, Insn i) {
    integer(c, i, DIV);
  }

  static void fdivr(Cpu c, Insn i) {
    real(c, i, DIVR, false);
  }

  static void fdivrp(Cpu c, Insn i) {
    real(c, i, DIVR, true);
  }

  static void fidivr(Cpu c, Insn i) {
    integer(c, i, DIVR);
  }

  private static void real(Cpu c, Insn i, int operator, boolean pop) {
    Fpu f = c.fpu;
    f.begin(c, i);
    if (i.kind0 == Insn.MEM) {
      memory(c, i, operator);
      return;
    }
    f.remember(c, i);
    int to = i.index0;
    int from = i.index1;
    if (f.empty(to) || f.empty(from)) {
      f.underflow();
    } else {
      apply(
          f.result,
          operator,
          f.significand(to),
          f.signExponent(to),
          f.significand(from),
          f.signExponent(from));
    }
    if (f.store(to) && pop) {
      f.pop();
    }
  }

  private static void memory(Cpu c, Insn i, int operator) {
    Fpu f = c.fpu;
    Float80 r = f.result;
    MemoryOperand.readReal(c, i, r);
    f.remember(c, i);
    if (f.empty(0)) {
      f.underflow();
    } else {
      long a = f.significand(0);
      int ae = f.signExponent(0);
      boolean zeroDivide = operator == DIVR && Encoding80.kind(a, ae) == Encoding80.ZERO;
      if (zeroDivide) {
        r.exceptions &= ~StatusWord.DE; // ZE has priority
      }
      if (!MemoryOperand.endsWithDenormal(r, a, ae)) {
        apply(r, operator, a, ae, r.significand, r.signExponent);
      }
    }
    f.store(0);
  }

  private static void integer(Cpu c, Insn i, int operator) {
    Fpu f = c.fpu;
    f.begin(c, i);
    long value = MemoryOperand.readInteger(c, i);
    f.remember(c, i);
    if (f.empty(0)) {
      f.underflow();
    } else {
      Float80 r = f.result;
      Conversion.fromInteger(r, value);
      apply(r, operator, f.significand(0), f.signExponent(0), r.significand, r.signExponent);
    }
    f.store(0);
  }

  private static void apply(Float80 r, int operator, long a, int ae, long b, int be) {
    switch (operator) {
      case ADD -> Addition.add(r, a, ae, b, be);
      case MUL -> Multiplication.multiply(r, a, ae, b, be);
      case SUB -> Addition.subtract(r, a, ae, b, be);
      case SUBR -> Addition.subtract(r, b, be, a, ae);
      case DIV -> Division.divide(r, a, ae, b, be);
      default -> Division.divide(r, b, be, a, ae);
    }
  }

  static void fsqrt(Cpu c, Insn i) {
    Fpu f = c.fpu;
    if (startUnary(c, i)) {
      SquareRoot.root(f.result, f.significand(0), f.signExponent(0));
    }
    f.store(0);
  }

  static void frndint(Cpu c, Insn i) {
    Fpu f = c.fpu;
    if (startUnary(c, i)) {
      Scaling.roundToInteger(f.result, f.significand(0), f.signExponent(0));
    }
    f.store(0);
  }

  static void fabs(Cpu c, Insn i) {
    Fpu f = c.fpu;
    if (startUnary(c, i)) {
      f.result.set(f.significand(0), f.signExponent(0) & ~SIGN);
    }
    f.store(0);
  }

  static void fchs(Cpu c, Insn i) {
    Fpu f = c.fpu;
    if (startUnary(c, i)) {
      f.result.set(f.significand(0), f.signExponent(0) ^ SIGN);
    }
    f.store(0);
  }

  static void fscale(Cpu c, Insn i) {
    Fpu f = c.fpu;
    if (startBinary(c, i)) {
      Scaling.scale(
          f.result, f.significand(0), f.signExponent(0), f.significand(1), f.signExponent(1));
    }
    f.store(0);
  }

  static void fprem(Cpu c, Insn i) {
    remainder(c, i, false);
  }

  static void fprem1(Cpu c, Insn i) {
    remainder(c, i, true);
  }

  private static void remainder(Cpu c, Insn i, boolean nearest) {
    Fpu f = c.fpu;
    int conditions = Remainder.NONE;
    if (startBinary(c, i)) {
      conditions =
          Remainder.step(
              f.result,
              f.significand(0),
              f.signExponent(0),
              f.significand(1),
              f.signExponent(1),
              nearest);
    }
    f.store(0);
    f.setConditions(conditions == Remainder.NONE ? f.statusWord() & OTHERS : conditions);
  }

  static void fxtract(Cpu c, Insn i) {
    Fpu f = c.fpu;
    if (startUnary(c, i)) {
      Scaling.extract(f.result, f.significand(0), f.signExponent(0));
    }
    f.storeAndPush();
  }

  /** Begins an instruction whose only operand is st(0); false if that is empty. */
  static boolean startUnary(Cpu c, Insn i) {
    Fpu f = c.fpu;
    f.begin(c, i);
    f.remember(c, i);
    if (f.empty(0)) {
      f.underflow();
      return false;
    }
    return true;
  }

  /** Begins an instruction with the operands st(0) and st(1); false if one is empty. */
  static boolean startBinary(Cpu c, Insn i) {
    Fpu f = c.fpu;
    f.begin(c, i);
    f.remember(c, i);
    if (f.empty(0) || f.empty(1)) {
      f.underflow();
      return false;
    }
    return true;
  }
}
