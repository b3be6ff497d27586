package org.trampoline.emulator.differential.cases;

import org.trampoline.emulator.cpu.Eflags;
import org.trampoline.emulator.decode.Insn;
import org.trampoline.emulator.memory.Host;

/** What {@link Erratum}s ask of x87 states. */
final class X87Conditions {
  private static final int CONTROL = CaseRecord.FX;
  private static final int STATUS = CaseRecord.FX + 2;
  private static final int TAGS = CaseRecord.FX + 4;
  private static final int REGISTERS = CaseRecord.FX + 32;

  /** SF and IE of the status word. */
  private static final int STACK_FAULT = 0x41;

  private static final int INVALID = 1;

  /** ES of the status word. */
  private static final int SUMMARY = 0x80;

  /** The bits of the control word that mean something. */
  private static final int CONTROL_DEFINED = 0xf3f;

  private static final int COMPARED = Eflags.ZF | Eflags.PF | Eflags.CF;
  private static final int LARGEST_EXPONENT = 0x7fff;

  private X87Conditions() {}

  /** The stack has overflowed or underflowed. */
  static boolean stackFault(long result) {
    return (Host.get16(result + STATUS) & STACK_FAULT) == STACK_FAULT;
  }

  /** An unmasked exception is pending. */
  static boolean unmasked(long result) {
    return (Host.get16(result + STATUS) & SUMMARY) != 0;
  }

  /** There has been an invalid operation. */
  static boolean invalid(long result) {
    return (Host.get16(result + STATUS) & INVALID) != 0;
  }

  /** The control words differ in reserved bits only. */
  static boolean reservedControl(long ours, long theirs) {
    int difference = Host.get16(ours + CONTROL) ^ Host.get16(theirs + CONTROL);
    return difference != 0 && (difference & CONTROL_DEFINED) == 0;
  }

  /** ST(0) is empty. */
  static boolean empty(long before) {
    int top = Host.get16(before + STATUS) >> 11 & 7;
    return (Host.get8(before + TAGS) >> top & 1) == 0;
  }

  /** Rounding is to less than 64 bits. */
  static boolean lessPrecise(long before) {
    return (Host.get16(before + CONTROL) >> 8 & 3) != 3;
  }

  /** Rounding is not to the nearest. */
  static boolean directed(long before) {
    return (Host.get16(before + CONTROL) >> 10 & 3) != 0;
  }

  static boolean negative(long before) {
    return (Host.get16(before + REGISTERS + 8) & 0x8000) != 0;
  }

  /** ST(0) is zero, denormal, infinite or not a number. */
  static boolean special(long before) {
    int exponent = Host.get16(before + REGISTERS + 8) & LARGEST_EXPONENT;
    return exponent == 0 || exponent == LARGEST_EXPONENT;
  }

  /** ST(0) or ST(1) or what the instruction names is encoded as no operation encodes a number. */
  static boolean unusual(Insn insn, long before) {
    return unusual(before, 0)
        || unusual(before, 1)
        || insn.kind0 == Insn.ST && unusual(before, insn.index0)
        || insn.kind1 == Insn.ST && unusual(before, insn.index1);
  }

  /** SDM vol. 1, table 8-3: pseudo-denormals and what is not supported. */
  private static boolean unusual(long before, int index) {
    long at = before + REGISTERS + 16L * index;
    boolean integer = Host.get64(at) < 0;
    boolean small = (Host.get16(at + 8) & LARGEST_EXPONENT) == 0;
    return integer == small;
  }

  /** The flags that tell how two numbers compare are equal. */
  static boolean comparedEqually(long ours, long theirs) {
    int flags = Host.get32(ours + CaseRecord.EFLAGS) ^ Host.get32(theirs + CaseRecord.EFLAGS);
    return (flags & COMPARED) == 0;
  }
}
