package org.trampoline.emulator.engine;

/**
 * The registers every engine can read and write by name. The first eight are the general registers
 * in the SDM's numbering; segment registers are given by selector.
 */
public enum Register {
  EAX,
  ECX,
  EDX,
  EBX,
  ESP,
  EBP,
  ESI,
  EDI,
  EIP,
  EFLAGS,
  ES,
  CS,
  SS,
  DS,
  FS,
  GS,
  LDTR,
  TR,
  CR0,
  CR2,
  CR3,
  CR4;

  private static final Register[] GENERAL = {EAX, ECX, EDX, EBX, ESP, EBP, ESI, EDI};

  /** The general register with this number, 0–7. */
  public static Register general(int number) {
    return GENERAL[number];
  }
}
