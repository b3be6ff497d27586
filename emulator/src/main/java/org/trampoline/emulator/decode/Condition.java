package org.trampoline.emulator.decode;

import org.trampoline.emulator.cpu.Eflags;

/**
 * The sixteen conditions of Jcc, SETcc and CMOVcc (SDM volume 1, appendix B), numbered as the
 * opcode's low four bits are. An odd number is the negation of the even one before it.
 */
public final class Condition {
  private static final String[] NAMES = {
    "o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g"
  };
  private static final int[] FLAGS_READ = {
    Eflags.OF,
    Eflags.CF,
    Eflags.ZF,
    Eflags.CF | Eflags.ZF,
    Eflags.SF,
    Eflags.PF,
    Eflags.SF | Eflags.OF,
    Eflags.SF | Eflags.OF | Eflags.ZF
  };

  private Condition() {}

  /** The suffix of the mnemonic, as GNU objdump prints it: {@code o}, {@code no}, {@code b}… */
  public static String name(int condition) {
    return NAMES[condition];
  }

  /** The flags the condition depends on, as EFLAGS bits. */
  public static int flagsRead(int condition) {
    return FLAGS_READ[condition >> 1];
  }
}
