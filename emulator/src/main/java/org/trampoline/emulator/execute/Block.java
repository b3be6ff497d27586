package org.trampoline.emulator.execute;

import org.trampoline.emulator.decode.Insn;

/**
 * Decoded instructions that lie one behind the other in one page and are entered at the first.
 *
 * <p>A block is found by the host address of its first byte, so it serves every linear address and
 * address space that maps this memory, and needs no flush when mappings change. A block whose only
 * instruction reaches into the next page also remembers where that page's memory was.
 */
final class Block {
  /** Host address of the first byte × 2 + CS.D; 0 once the block is dropped. */
  long key;

  /** Host address of the second page's first byte if the block reaches into it, else 0. */
  long secondPage;

  /** Instructions; those of a dropped block that is running are replaced by exits. */
  Insn[] insns;

  /** Length in bytes. */
  int length;

  /** A host function or a stop may stand at the first instruction. */
  boolean marked;

  /** The block that last followed this one; only a guess, checked by its key. */
  Block successor;

  /** The one before that, for conditional branches. */
  Block alternative;
}
