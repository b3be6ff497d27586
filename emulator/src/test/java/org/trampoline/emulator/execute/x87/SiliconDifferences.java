package org.trampoline.emulator.execute.x87;

import java.util.EnumSet;
import org.trampoline.emulator.decode.Operation;

/**
 * Where the processor of this machine may differ from an Intel one: the whole list of what a
 * comparison forgives.
 */
final class SiliconDifferences {
  /** Comparisons: with IE unmasked AMD sets the answer, Intel does not (SDM vol. 2, FCOM). */
  private static final EnumSet<Operation> COMPARISONS =
      EnumSet.of(
          Operation.FCOM,
          Operation.FCOMP,
          Operation.FCOMPP,
          Operation.FICOM,
          Operation.FICOMP,
          Operation.FUCOM,
          Operation.FUCOMP,
          Operation.FUCOMPP,
          Operation.FTST);

  /** The same, in EFLAGS; and AMD leaves C1 alone that Intel clears (SDM vol. 2, FCOMI). */
  private static final EnumSet<Operation> COMPARISONS_TO_FLAGS =
      EnumSet.of(Operation.FCOMI, Operation.FCOMIP, Operation.FUCOMI, Operation.FUCOMIP);

  /** Processors differ in the last bit, and so in C1. */
  private static final EnumSet<Operation> TRANSCENDENTAL =
      EnumSet.of(
          Operation.F2XM1,
          Operation.FYL2X,
          Operation.FYL2XP1,
          Operation.FSIN,
          Operation.FCOS,
          Operation.FSINCOS,
          Operation.FPTAN,
          Operation.FPATAN);

  /** AMD reports PE, and UE for a tiny result, even if the result is exact. */
  private static final EnumSet<Operation> INEXACT_ON_AMD =
      EnumSet.of(Operation.F2XM1, Operation.FYL2X, Operation.FYL2XP1);

  private static final int ANSWER = StatusWord.C0 | StatusWord.C2 | StatusWord.C3;

  private SiliconDifferences() {}

  static boolean transcendental(Operation operation) {
    return TRANSCENDENTAL.contains(operation);
  }

  /** Gives to {@code ours} what of {@code silicon} may differ, after starting from {@code in}. */
  static void forgive(Operation operation, X87State in, X87State ours, X87State silicon) {
    if (operation == Operation.FLDENV || operation == Operation.FRSTOR) {
      ours.data = silicon.data; // an address, not relative to the operand
    }
    boolean invalidUnmasked = (silicon.status & ~silicon.control & StatusWord.IE) != 0;
    if (COMPARISONS.contains(operation) && invalidUnmasked) {
      status(ours, silicon, ANSWER);
    } else if (COMPARISONS_TO_FLAGS.contains(operation)) {
      status(ours, silicon, StatusWord.C1);
      ours.flags = invalidUnmasked ? silicon.flags : ours.flags;
    } else if (TRANSCENDENTAL.contains(operation)) {
      status(ours, silicon, StatusWord.C1);
      lastBit(ours, silicon, 0);
      lastBit(ours, silicon, 1);
      boolean exact = (ours.status & StatusWord.PE) == 0 || (in.status & StatusWord.PE) != 0;
      if (INEXACT_ON_AMD.contains(operation) && exact) {
        status(ours, silicon, StatusWord.PE | StatusWord.UE | StatusWord.ES | StatusWord.B);
      }
    }
  }

  private static void status(X87State ours, X87State silicon, int bits) {
    ours.status = ours.status & ~bits | silicon.status & bits;
  }

  private static void lastBit(X87State ours, X87State silicon, int i) {
    int exponents = ours.signExponent[i] - silicon.signExponent[i];
    long units = ours.significand[i] - silicon.significand[i];
    boolean neighbours =
        switch (exponents) {
          case 0 -> units >= -1 && units <= 1;
          case 1 -> ours.significand[i] == Long.MIN_VALUE && silicon.significand[i] == -1;
          case -1 -> ours.significand[i] == -1 && silicon.significand[i] == Long.MIN_VALUE;
          default -> false;
        };
    if (neighbours) {
      ours.significand[i] = silicon.significand[i];
      ours.signExponent[i] = silicon.signExponent[i];
      ours.tags = silicon.tags; // zero or denormal, denormal or normal
    }
  }
}
