package org.trampoline.emulator.execute.x87;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.decode.Insn;

/**
 * The transcendental instructions (SDM vol. 1, 8.3.7–8.3.10). Results are those of infinite
 * precision, rounded as rounding control says, but for one case in 2^60 or so; they depend neither
 * on precision control nor on the host.
 */
public final class X87Transcendental {
  private X87Transcendental() {}

  static void f2xm1(Cpu c, Insn i) {
    Fpu f = c.fpu;
    if (X87Arithmetic.startUnary(c, i)) {
      f.transcendental().powerLessOne(f.result, f.significand(0), f.signExponent(0));
    }
    f.store(0);
  }

  static void fyl2x(Cpu c, Insn i) {
    Fpu f = c.fpu;
    if (X87Arithmetic.startBinary(c, i)) {
      f.transcendental()
          .multipliedLogarithm(
              f.result, f.significand(0), f.signExponent(0), f.significand(1), f.signExponent(1));
    }
    storeAndPop(f);
  }

  static void fyl2xp1(Cpu c, Insn i) {
    Fpu f = c.fpu;
    if (X87Arithmetic.startBinary(c, i)) {
      f.transcendental()
          .multipliedLogarithmOfNext(
              f.result, f.significand(0), f.signExponent(0), f.significand(1), f.signExponent(1));
    }
    storeAndPop(f);
  }

  static void fpatan(Cpu c, Insn i) {
    Fpu f = c.fpu;
    if (X87Arithmetic.startBinary(c, i)) {
      f.transcendental()
          .angle(
              f.result, f.significand(0), f.signExponent(0), f.significand(1), f.signExponent(1));
    }
    storeAndPop(f);
  }

  private static void storeAndPop(Fpu f) {
    if (f.store(1)) {
      f.pop();
    }
  }

  static void fsin(Cpu c, Insn i) {
    Fpu f = c.fpu;
    if (startTrigonometric(c, i, false)) {
      f.transcendental().sine(f.result, f.significand(0), f.signExponent(0));
      f.store(0);
    }
  }

  static void fcos(Cpu c, Insn i) {
    Fpu f = c.fpu;
    if (startTrigonometric(c, i, false)) {
      f.transcendental().cosine(f.result, f.significand(0), f.signExponent(0));
      f.store(0);
    }
  }

  static void fsincos(Cpu c, Insn i) {
    Fpu f = c.fpu;
    if (startTrigonometric(c, i, true)) {
      f.transcendental().sineAndCosine(f.result, f.significand(0), f.signExponent(0));
      f.storeAndPush();
    }
  }

  static void fptan(Cpu c, Insn i) {
    Fpu f = c.fpu;
    if (startTrigonometric(c, i, true)) {
      f.transcendental().tangent(f.result, f.significand(0), f.signExponent(0));
      f.storeAndPush();
    }
  }

  /**
   * Begins a trigonometric instruction, and ends it with a stack fault, or with C2 set and nothing
   * done if the operand is not within ±2^63.
   *
   * @return whether it has not ended
   */
  private static boolean startTrigonometric(Cpu c, Insn i, boolean pushes) {
    Fpu f = c.fpu;
    boolean stackFault = !X87Arithmetic.startUnary(c, i);
    if (pushes && !stackFault && !f.empty(-1)) {
      f.overflow();
      stackFault = true;
    }
    boolean inside = stackFault || Transcendental.inRange(f.significand(0), f.signExponent(0));
    f.setC2(!inside);
    if (stackFault && pushes) {
      f.storeAndPush();
    } else if (stackFault) {
      f.store(0);
    } else if (!inside) {
      f.conclude();
    }
    return inside && !stackFault;
  }
}
