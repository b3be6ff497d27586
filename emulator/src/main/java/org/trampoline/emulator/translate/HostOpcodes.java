package org.trampoline.emulator.translate;

/** What of the host's code several templates emit by number (SDM vol. 2, appendices A and B). */
final class HostOpcodes {
  static final int LOAD = 0x8b;
  static final int STORE = 0x89;

  /** A register with memory. */
  static final int COMPARE = 0x3b;

  /** Memory to a register. */
  static final int ADD_FROM_MEMORY = 0x03;

  // ---- operations of immediate group 1 (table A-6)

  static final int OR = 1;
  static final int AND = 4;
  static final int XOR = 6;
  static final int CMP = 7;

  // ---- shifts of group 2

  static final int SHL = 4;
  static final int SHR = 5;

  // ---- conditions (table B-10)

  static final int BELOW = 2;
  static final int EQUAL = 4;
  static final int NOT_EQUAL = 5;
  static final int ABOVE = 7;
  static final int SIGN = 8;

  private HostOpcodes() {}
}
