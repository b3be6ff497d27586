package org.trampoline.emulator.execute.x87;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.decode.Insn;

/** The comparison and classification instructions (SDM vol. 1, 8.3.6). */
public final class X87Comparison {
  private X87Comparison() {}

  static void fcom(Cpu c, Insn i) {
    compare(c, i, false);
  }

  static void fcomp(Cpu c, Insn i) {
    pop(c, compare(c, i, false), 1);
  }

  static void fcompp(Cpu c, Insn i) {
    pop(c, withRegister(c, i, 1, false), 2);
  }

  static void fucom(Cpu c, Insn i) {
    withRegister(c, i, i.index0, true);
  }

  static void fucomp(Cpu c, Insn i) {
    pop(c, withRegister(c, i, i.index0, true), 1);
  }

  static void fucompp(Cpu c, Insn i) {
    pop(c, withRegister(c, i, 1, true), 2);
  }

  static void ficom(Cpu c, Insn i) {
    withInteger(c, i);
  }

  static void ficomp(Cpu c, Insn i) {
    pop(c, withInteger(c, i), 1);
  }

  static void fcomi(Cpu c, Insn i) {
    toFlags(c, i, false);
  }

  static void fcomip(Cpu c, Insn i) {
    pop(c, toFlags(c, i, false), 1);
  }

  static void fucomi(Cpu c, Insn i) {
    toFlags(c, i, true);
  }

  static void fucomip(Cpu c, Insn i) {
    pop(c, toFlags(c, i, true), 1);
  }

  static void ftst(Cpu c, Insn i) {
    Fpu f = c.fpu;
    int conditions = Comparison.UNORDERED;
    if (X87Arithmetic.startUnary(c, i)) {
      conditions = Comparison.compare(f.result, f.significand(0), f.signExponent(0), 0, 0, false);
    }
    answer(f, conditions);
  }

  private static boolean compare(Cpu c, Insn i, boolean quietAllowed) {
    return i.kind0 == Insn.MEM ? withMemory(c, i) : withRegister(c, i, i.index0, quietAllowed);
  }

  private static boolean withRegister(Cpu c, Insn i, int other, boolean quietAllowed) {
    Fpu f = c.fpu;
    f.begin(c, i);
    f.remember(c, i);
    return answer(f, conditions(f, other, quietAllowed));
  }

  private static int conditions(Fpu f, int other, boolean quietAllowed) {
    if (f.empty(0) || f.empty(other)) {
      f.underflow();
      return Comparison.UNORDERED;
    }
    return Comparison.compare(
        f.result,
        f.significand(0),
        f.signExponent(0),
        f.significand(other),
        f.signExponent(other),
        quietAllowed);
  }

  private static boolean withMemory(Cpu c, Insn i) {
    Fpu f = c.fpu;
    f.begin(c, i);
    Float80 r = f.result;
    MemoryOperand.readReal(c, i, r);
    f.remember(c, i);
    int conditions = Comparison.UNORDERED;
    if (f.empty(0)) {
      f.underflow();
    } else {
      MemoryOperand.endsWithDenormal(r, f.significand(0), f.signExponent(0));
      conditions = withResult(f);
    }
    return answer(f, conditions);
  }

  private static boolean withInteger(Cpu c, Insn i) {
    Fpu f = c.fpu;
    f.begin(c, i);
    long value = MemoryOperand.readInteger(c, i);
    f.remember(c, i);
    int conditions = Comparison.UNORDERED;
    if (f.empty(0)) {
      f.underflow();
    } else {
      Conversion.fromInteger(f.result, value);
      conditions = withResult(f);
    }
    return answer(f, conditions);
  }

  /** Compares st(0) with the converted memory operand. */
  private static int withResult(Fpu f) {
    Float80 r = f.result;
    return Comparison.compare(
        r, f.significand(0), f.signExponent(0), r.significand, r.signExponent, false);
  }

  /**
   * Ends a comparison. An unmasked invalid operation withholds the answer (SDM vol. 2, FCOM, table
   * 3-20), an unmasked DE only the pop.
   *
   * @return whether to pop
   */
  private static boolean answer(Fpu f, int conditions) {
    f.conclude();
    if (!f.result.invalidUnmasked()) {
      f.setConditions(conditions);
    }
    return !f.result.withheld();
  }

  private static boolean toFlags(Cpu c, Insn i, boolean quietAllowed) {
    Fpu f = c.fpu;
    f.begin(c, i);
    f.remember(c, i);
    int conditions = conditions(f, i.index1, quietAllowed);
    f.conclude();
    if (f.result.invalidUnmasked()) {
      return false;
    }
    c.setStatus(
        ((conditions & StatusWord.C0) != 0 ? Eflags.CF : 0)
            | ((conditions & StatusWord.C2) != 0 ? Eflags.PF : 0)
            | ((conditions & StatusWord.C3) != 0 ? Eflags.ZF : 0));
    return !f.result.withheld();
  }

  private static void pop(Cpu c, boolean answered, int count) {
    if (answered) {
      for (int k = 0; k < count; k++) {
        c.fpu.pop();
      }
    }
  }

  /** FXAM: the class of st(0) in C3, C2 and C0, its sign in C1 (SDM vol. 2, table 3-42). */
  static void fxam(Cpu c, Insn i) {
    Fpu f = c.fpu;
    f.begin(c, i);
    f.remember(c, i);
    int conditions =
        f.empty(0)
            ? StatusWord.C3 | StatusWord.C0
            : switch (Encoding80.kind(f.significand(0), f.signExponent(0))) {
              case Encoding80.UNSUPPORTED -> 0;
              case Encoding80.QUIET_NAN, Encoding80.SIGNALING_NAN -> StatusWord.C0;
              case Encoding80.NORMAL -> StatusWord.C2;
              case Encoding80.INFINITY -> StatusWord.C2 | StatusWord.C0;
              case Encoding80.ZERO -> StatusWord.C3;
              default -> StatusWord.C3 | StatusWord.C2;
            };
    boolean negative = (f.signExponent(0) & Encoding80.SIGN) != 0;
    f.conclude();
    f.setConditions(conditions | (negative ? StatusWord.C1 : 0));
  }
}
