package org.trampoline.emulator.execute;

import org.trampoline.emulator.cpu.Cpu;

/** Condition codes of Jcc, SETcc, CMOVcc and FCMOVcc (SDM vol. 1, appendix B). */
public final class Condition {
  private Condition() {}

  /**
   * @param code 0–15, the low four bits of the opcode
   */
  public static boolean test(Cpu c, int code) {
    boolean result =
        switch (code >> 1) {
          case 0 -> c.of();
          case 1 -> c.cf();
          case 2 -> c.zf();
          case 3 -> c.cf() || c.zf();
          case 4 -> c.sf();
          case 5 -> c.pf();
          case 6 -> c.sf() != c.of();
          default -> c.zf() || c.sf() != c.of();
        };
    return result ^ (code & 1) != 0;
  }
}
