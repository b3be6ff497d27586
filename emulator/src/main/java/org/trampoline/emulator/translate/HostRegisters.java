package org.trampoline.emulator.translate;

/**
 * Which host registers hold what while translated code runs.
 *
 * <p>Guest registers live where the host encodes the same number, except eax and esp: rax holds the
 * status flags, as only lahf and sahf can move them cheaply, and rsp remains the JVM's. The upper
 * halves of all guest registers are 0.
 */
final class HostRegisters {
  /** Status flags: ah as lahf gives it, al is OF. */
  static final int FLAGS = HostAssembler.RAX;

  static final int EAX = HostAssembler.R8;
  static final int ESP = HostAssembler.R9;

  /** Scratch: an address, then base of a memory operand. */
  static final int ADDRESS = HostAssembler.R10;

  /** Scratch: the addend of {@link #ADDRESS}'s page, then index of a memory operand. */
  static final int ADDEND = HostAssembler.R11;

  /** Scratch that a probe leaves alone. */
  static final int VALUE = HostAssembler.R15;

  /** Instructions that may still run. */
  static final int BUDGET = HostAssembler.R12;

  static final int STATE = HostAssembler.R13;

  /** The view of translation maps in use. */
  static final int VIEW = HostAssembler.R14;

  private static final int[] OF_GUEST = {
    EAX,
    HostAssembler.RCX,
    HostAssembler.RDX,
    HostAssembler.RBX,
    ESP,
    HostAssembler.RBP,
    HostAssembler.RSI,
    HostAssembler.RDI,
    HostAssembler.NONE
  };

  private HostRegisters() {}

  /** Host register of a 16- or 32-bit guest register. */
  static int of(int guest) {
    return OF_GUEST[guest];
  }
}
