package org.trampoline.emulator.translate;

/**
 * Why translated code returned to Java. With each exit goes a record in the cold part of the code:
 * the eip of the instruction concerned, what has to be given back to the budget, and up to three
 * offsets.
 */
enum Exit {
  /** The next block is not linked yet. */
  LINK,
  /** The target of an indirect jump is not in the table. */
  JUMP,
  /** The target of an indirect jump is none of those that it knows, see {@link JumpSite}. */
  TARGET,
  /** The read map has no entry for the address. */
  READ,
  /** The write map has none, nor may the store be done beside code. */
  WRITE,
  /** The write map has none, and more than this element may be stored. */
  WRITE_PAGE,
  /** The instruction at eip is one for the interpreter, this time. */
  INTERPRET,
  /** The block needs the x87 unit's registers. */
  FPU,
  /** The block needs the SSE unit's registers. */
  SSE,
  /** A repeated string instruction has done some elements; the next one is for elsewhere. */
  REPEAT,
  /** The instruction behind the block is one for the shared semantics, always. */
  REST,
  /** Fewer instructions may run than the next block has. */
  BUDGET,
  /** Accesses that have a probe in common are not in one page, or in one without a map entry. */
  SHARED,
  /** Debug mode: a host address was formed that is elsewhere, see {@link AddressChecks}. */
  WILD,
  /** A load of a segment register, whose number the address is, that is not known. */
  SEGMENT,
  /** A CR3 load of which {@link SpaceTable} knows nothing. */
  SPACE,
  /** INT through a gate, or in a way, of which {@link TrapState} knows nothing; its vector. */
  TRAP,
  /** IRET in a way of which it knows nothing. */
  RETURN,
  /** A page fault that Java has found, but {@link FaultCode} cannot deliver. */
  FAULT;

  private static final Exit[] ALL = values();

  /** Fields of a record. */
  static final int EIP = 0;

  /** Instructions of the block that were paid for and have not run. */
  static final int UNUSED = 4;

  /**
   * Where to continue once the map has an entry; 0 if the block has to be left. Of {@link #SHARED}:
   * the block's eip.
   */
  static final int RETRY = 8;

  /** For {@link #WRITE}: the bytes to be stored, a byte itself. */
  static final int BYTES = 12;

  /** For a link: the jump's 4-byte displacement. */
  static final int JUMP_FIELD = 8;

  /** For a link: where the jump goes while it is not linked. */
  static final int STUB = 12;

  /**
   * For a link into another page: the 8-byte addend that the page must have, {@link #NO_ADDEND}
   * while not linked; 0 for a link within the page.
   */
  static final int ADDEND = 16;

  /** Equal to no addend. */
  static final int NO_ADDEND = 1;

  static Exit of(int number) {
    return ALL[number];
  }
}
