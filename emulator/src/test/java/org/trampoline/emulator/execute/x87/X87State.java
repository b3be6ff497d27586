package org.trampoline.emulator.execute.x87;

import java.util.Arrays;

/** What an x87 instruction sees and leaves: the input and the output of a test case. */
final class X87State {
  /** Bytes of memory that the operand at [edx] may use. */
  static final int MEMORY = 128;

  int control;
  int status;
  int tags;

  /** The registers in stack order: element i is st(i). */
  final long[] significand = new long[8];

  final int[] signExponent = new int[8];

  /** The status flags in EFLAGS. */
  int flags;

  int ax;
  final byte[] memory = new byte[MEMORY];

  /** The opcode remembered for exception handlers, 0 before the instruction. */
  int opcode;

  /** Low half of the data pointer, relative to the operand at [edx]; -1 if there is none. */
  int data;

  void copyFrom(X87State other) {
    control = other.control;
    status = other.status;
    tags = other.tags;
    System.arraycopy(other.significand, 0, significand, 0, 8);
    System.arraycopy(other.signExponent, 0, signExponent, 0, 8);
    flags = other.flags;
    ax = other.ax;
    opcode = other.opcode;
    data = other.data;
    System.arraycopy(other.memory, 0, memory, 0, MEMORY);
  }

  boolean sameAs(X87State other) {
    return control == other.control
        && status == other.status
        && tags == other.tags
        && Arrays.equals(significand, other.significand)
        && Arrays.equals(signExponent, other.signExponent)
        && flags == other.flags
        && ax == other.ax
        && opcode == other.opcode
        && data == other.data
        && Arrays.equals(memory, other.memory);
  }

  @Override
  public String toString() {
    StringBuilder s = new StringBuilder();
    s.append(
        String.format(
            "cw=%04x sw=%04x tw=%04x flags=%03x ax=%04x opcode=%03x data=%x",
            control, status, tags, flags, ax, opcode, data));
    for (int i = 0; i < 8; i++) {
      s.append(i % 4 == 0 ? "\n  " : " ");
      s.append(String.format("st%d=%04x:%016x", i, signExponent[i], significand[i]));
    }
    s.append("\n  memory=");
    for (int i = 0; i < 16; i++) {
      s.append(String.format("%02x", memory[i]));
    }
    return s.toString();
  }
}
