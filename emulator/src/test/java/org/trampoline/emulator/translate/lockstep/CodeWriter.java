package org.trampoline.emulator.translate.lockstep;

import java.util.Random;

/** Writes instructions, of 16-bit or 32-bit code, one behind the other into a guest's memory. */
public abstract class CodeWriter {
  protected final Random random;

  /** The memory, whose indices are addresses. */
  protected byte[] code;

  /** Where the next instruction goes. */
  protected int at;

  protected boolean code32;

  protected CodeWriter(Random random) {
    this.random = random;
  }

  public final void put(int... bytes) {
    for (int b : bytes) {
      code[at++] = (byte) b;
    }
  }

  public final void put32(int value) {
    put(value, value >> 8, value >> 16, value >> 24);
  }

  /** An operand-size prefix where 32 bits are not the default. */
  public final void wide() {
    if (!code32) {
      put(0x66);
    }
  }

  /** {@code mov $value, register}, of 32 bits. */
  public final void load(int register, int value) {
    wide();
    put(0xb8 | register);
    put32(value);
  }

  public final boolean code32() {
    return code32;
  }

  public final int at() {
    return at;
  }
}
