package org.trampoline.emulator.execute;

import org.trampoline.emulator.decode.Insn;

/**
 * Decoded instructions that lie one behind the other in one page and are entered at the first.
 *
 * <p>A block is found by the host address of its first byte, so it serves every linear address and
 * address space that maps this memory, and needs no flush when mappings change; but see {@link
 * AddressMarks}. A block whose only instruction reaches into the next page also remembers where
 * that page's memory was.
 */
final class Block {
  /** {@link MicroCode#key}; 0 if the block is not kept, or dropped. */
  long key;

  /** Host address of the first byte. */
  long host;

  /** Host address of the second page's first byte if the block reaches into it, else 0. */
  long secondPage;

  /** Not all of its bytes are in memory, so it is not to be kept. */
  boolean passing;

  Insn[] insns;

  /** Length in bytes. */
  int length;

  /** A host function or a stop stands at the first instruction. */
  boolean marked;

  /** The {@link AddressMarks#page} that it was made for. */
  int markPage;

  /** Where its micro-operations are, see {@link MicroCode}. */
  int head;

  /**
   * Where each instruction's micro-operations begin, counted from the head, and behind the last
   * what leads on; 0 for the second of a fused pair, and where nothing leads on.
   */
  short[] starts;
}
