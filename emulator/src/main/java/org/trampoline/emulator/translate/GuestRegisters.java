package org.trampoline.emulator.translate;

import static org.trampoline.emulator.translate.HostOpcodes.SHR;

/**
 * Access to guest registers of any width. The low bytes are encoded as on any host register; a high
 * byte (ah, ch, dh, bh) cannot be named beside r8–r15, so it is brought into reach by a rotation.
 */
final class GuestRegisters {
  private static final int ROR = 1;
  private static final int ROL = 0;

  private GuestRegisters() {}

  private static boolean high(int guest, int size) {
    return size == 1 && guest >= 4;
  }

  /**
   * A host register whose low part is the value: the register itself, or a copy of a high byte in
   * {@code scratch}. Bits above the width may be anything.
   */
  static int value(Emission e, int guest, int size, int scratch) {
    if (!high(guest, size)) {
      return HostRegisters.of(guest);
    }
    e.flags.spill();
    e.hot.move(scratch, HostRegisters.of(guest & 3));
    e.hot.shift(4, SHR, scratch, 8);
    return scratch;
  }

  /** As {@link #value}, but always a copy. */
  static int copy(Emission e, int guest, int size, int scratch) {
    int from = value(e, guest, size, scratch);
    if (from != scratch) {
      e.hot.move(scratch, from);
    }
    return scratch;
  }

  /**
   * Makes a register's value the low part of the returned host register, to be changed there;
   * {@link #close} has to follow, with no guest register used in between.
   */
  static int open(Emission e, int guest, int size) {
    if (!high(guest, size)) {
      return HostRegisters.of(guest);
    }
    e.flags.spill();
    int host = HostRegisters.of(guest & 3);
    e.hot.shift(4, ROR, host, 8);
    return host;
  }

  static void close(Emission e, int guest, int size) {
    if (high(guest, size)) {
      e.flags.spill();
      e.hot.shift(4, ROL, HostRegisters.of(guest & 3), 8);
    }
  }

  /** Sets a register from the low part of a host register, which must not be a guest's. */
  static void set(Emission e, int guest, int size, int from) {
    int to = open(e, guest, size);
    e.hot.register(size, size == 1 ? 0x8a : 0x8b, to, from);
    close(e, guest, size);
  }

  /** Sets a register from the memory operand that was probed last. */
  static void load(Emission e, int guest, int size) {
    int to = open(e, guest, size);
    e.memory.instruction(size, size == 1 ? 0x8a : 0x8b, to);
    close(e, guest, size);
  }
}
