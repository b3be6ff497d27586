package org.trampoline.emulator.oracle;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.OptionalInt;

/**
 * What {@link UnicornEngine} has to know about an instruction that Unicorn has just executed. A
 * decoder of its own, of one byte: the oracle must not depend on the decoder it checks.
 */
final class FirstOpcode {
  private static final int IRET = 0xcf;
  private static final int MAXIMUM_LENGTH = 15;

  private final Unicorn unicorn;
  private final MemorySegment ram;
  private boolean repeated;

  FirstOpcode(Unicorn unicorn, MemorySegment ram) {
    this.unicorn = unicorn;
    this.ram = ram;
  }

  /** Whether the instruction at a linear address is a string instruction with a repeat prefix. */
  boolean isRepeatedString(int linear) {
    int opcode = read(linear);
    return repeated
        && (opcode >= 0x6c && opcode <= 0x6f
            || opcode >= 0xa4 && opcode <= 0xa7
            || opcode >= 0xaa && opcode <= 0xaf);
  }

  /** Whether the instruction at a linear address is an interrupt return. */
  boolean isInterruptReturn(int linear) {
    return read(linear) == IRET;
  }

  /** The byte after the prefixes; -1 if it cannot be read. */
  private int read(int linear) {
    repeated = false;
    for (int i = 0; i < MAXIMUM_LENGTH; i++) {
      OptionalInt physical = unicorn.translate(linear + i, Unicorn.EXECUTE);
      long address = physical.isEmpty() ? -1 : Integer.toUnsignedLong(physical.getAsInt());
      if (address < 0 || address >= ram.byteSize()) {
        return -1;
      }
      int b = ram.get(JAVA_BYTE, address) & 0xff;
      switch (b) {
        case 0xf2, 0xf3 -> repeated = true;
        case 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0 -> {}
        default -> {
          return b;
        }
      }
    }
    return -1;
  }
}
