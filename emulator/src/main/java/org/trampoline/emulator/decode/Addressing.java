package org.trampoline.emulator.decode;

/** The eight forms of 16-bit addressing, by modrm.rm (SDM volume 2, table 2-1). */
final class Addressing {
  /** Base registers: bx+si, bx+di, bp+si, bp+di, si, di, bp, bx. */
  private static final byte[] BASE = {3, 3, 5, 5, 6, 7, 5, 3};

  private static final byte[] INDEX = {
    6, 7, 6, 7, Insn.NO_REGISTER, Insn.NO_REGISTER, Insn.NO_REGISTER, Insn.NO_REGISTER
  };

  private Addressing() {}

  static byte base16(int rm) {
    return BASE[rm];
  }

  static byte index16(int rm) {
    return INDEX[rm];
  }

  /** The rm of the two registers. */
  static int rm16(int base, int index) {
    for (int rm = 0; rm < 8; rm++) {
      if (BASE[rm] == base && INDEX[rm] == index) {
        return rm;
      }
    }
    throw new IllegalArgumentException(
        "no 16-bit address of register " + base + " and index register " + index);
  }
}
