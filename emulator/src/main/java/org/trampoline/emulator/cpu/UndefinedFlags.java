package org.trampoline.emulator.cpu;

/**
 * What becomes of the status flags that the SDM (vol. 1, appendix A) calls undefined after an
 * instruction. No correct program can tell; one that was written for a certain processor may.
 * {@code docs/undefined-flags.md} has the table.
 */
public enum UndefinedFlags {
  /**
   * What is computed along with the result at no cost: AF is 0 after logical instructions and
   * shifts, the flags of a product follow its low half, division changes none.
   */
  USUAL,

  /** They keep their values. */
  UNCHANGED,

  /**
   * As on AMD's Zen processors (tried on family 25, model 17), and the results of 16-bit SHLD and
   * SHRD by more than 16, which are undefined, too.
   */
  ZEN
}
