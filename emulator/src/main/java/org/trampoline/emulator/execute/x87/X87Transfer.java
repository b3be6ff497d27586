package org.trampoline.emulator.execute.x87;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.execute.Condition;

/** The data transfer instructions (SDM vol. 1, 8.3.3) but the constants. */
public final class X87Transfer {
  private X87Transfer() {}

  static void fld(Cpu c, Insn i) {
    Fpu f = c.fpu;
    f.begin(c, i);
    Float80 r = f.result;
    if (i.kind0 == Insn.ST) {
      take(f, i.index0);
    } else if (i.size0 == 10) {
      MemoryOperand.read80(c, i, r);
    } else {
      MemoryOperand.readReal(c, i, r);
      MemoryOperand.quiet(r);
    }
    f.remember(c, i);
    f.push(); // even if DE is unmasked
  }

  /** Makes a register the result; an empty one is a stack underflow. */
  private static void take(Fpu f, int i) {
    if (f.empty(i)) {
      f.underflow();
    } else {
      f.result.set(f.significand(i), f.signExponent(i));
    }
  }

  static void fild(Cpu c, Insn i) {
    Fpu f = c.fpu;
    f.begin(c, i);
    Conversion.fromInteger(f.result, MemoryOperand.readInteger(c, i));
    f.remember(c, i);
    f.push();
  }

  static void fbld(Cpu c, Insn i) {
    Fpu f = c.fpu;
    f.begin(c, i);
    Float80 r = f.result;
    MemoryOperand.read80(c, i, r);
    PackedDecimal.load(r, r.significand, r.signExponent);
    f.remember(c, i);
    f.push();
  }

  static void fst(Cpu c, Insn i) {
    store(c, i);
  }

  static void fstp(Cpu c, Insn i) {
    if (store(c, i)) {
      c.fpu.pop();
    }
  }

  /** Says whether the value was stored. */
  private static boolean store(Cpu c, Insn i) {
    Fpu f = c.fpu;
    f.begin(c, i);
    Float80 r = f.result;
    take(f, 0);
    if (i.kind0 == Insn.ST) {
      f.remember(c, i);
      return f.store(i.index0);
    }
    if (i.size0 == 10) {
      if (r.withheld()) {
        MemoryOperand.probe(c, i);
      } else {
        MemoryOperand.write80(c, i, r.significand, r.signExponent);
      }
    } else {
      long bits =
          i.size0 == 4
              ? Conversion.toSingle(r, r.significand, r.signExponent)
              : Conversion.toDouble(r, r.significand, r.signExponent);
      if (Conversion.withheld(r)) {
        return finish(c, i, false);
      }
      MemoryOperand.write(c, i, bits);
    }
    return finish(c, i, !r.withheld());
  }

  private static boolean finish(Cpu c, Insn i, boolean stored) {
    if (!stored) {
      MemoryOperand.probe(c, i);
    }
    c.fpu.remember(c, i);
    c.fpu.conclude();
    return stored;
  }

  static void fist(Cpu c, Insn i) {
    storeInteger(c, i, false);
  }

  static void fistp(Cpu c, Insn i) {
    if (storeInteger(c, i, false)) {
      c.fpu.pop();
    }
  }

  static void fisttp(Cpu c, Insn i) {
    if (storeInteger(c, i, true)) {
      c.fpu.pop();
    }
  }

  private static boolean storeInteger(Cpu c, Insn i, boolean chop) {
    Fpu f = c.fpu;
    f.begin(c, i);
    Float80 r = f.result;
    take(f, 0);
    long value = Conversion.toInteger(r, r.significand, r.signExponent, i.size0 * 8, chop);
    if (!r.withheld()) {
      MemoryOperand.write(c, i, value);
    }
    return finish(c, i, !r.withheld());
  }

  static void fbstp(Cpu c, Insn i) {
    Fpu f = c.fpu;
    f.begin(c, i);
    Float80 r = f.result;
    take(f, 0);
    PackedDecimal.store(r, r.significand, r.signExponent);
    if (!r.withheld()) {
      MemoryOperand.write80(c, i, r.pushedSignificand, r.pushedSignExponent);
    }
    if (finish(c, i, !r.withheld())) {
      f.pop();
    }
  }

  /** The undocumented D9 D8+i: as FSTP, but an empty st(0) is just popped. */
  static void fstpnce(Cpu c, Insn i) {
    Fpu f = c.fpu;
    f.begin(c, i);
    f.remember(c, i);
    f.conclude();
    if (!f.empty(0)) {
      f.set(i.index0, f.significand(0), f.signExponent(0));
    }
    f.pop();
  }

  static void fxch(Cpu c, Insn i) {
    Fpu f = c.fpu;
    f.begin(c, i);
    f.remember(c, i);
    int other = i.index0;
    if (f.empty(0) || f.empty(other)) {
      f.underflow();
      f.conclude();
      if (f.result.withheld()) {
        return;
      }
      fillEmpty(f, 0);
      fillEmpty(f, other);
    } else {
      f.conclude();
    }
    long significand = f.significand(0);
    int signExponent = f.signExponent(0);
    f.set(0, f.significand(other), f.signExponent(other));
    f.set(other, significand, signExponent);
  }

  private static void fillEmpty(Fpu f, int i) {
    if (f.empty(i)) {
      f.set(i, Encoding80.INDEFINITE, Encoding80.INDEFINITE_EXPONENT);
    }
  }

  static void fcmovcc(Cpu c, Insn i) {
    Fpu f = c.fpu;
    f.begin(c, i);
    f.remember(c, i);
    if (f.empty(0) || f.empty(i.index1)) {
      f.underflow();
      f.store(0);
    } else if (Condition.test(c, i.condition)) {
      f.set(0, f.significand(i.index1), f.signExponent(i.index1));
    }
  }
}
