package org.trampoline.emulator.differential.cases;

/** What results of a case can differ in. */
public enum StateField {
  /** An exception on one side only, or different ones. */
  VECTOR,
  ERROR_CODE,
  /** The address of a page fault. */
  ADDRESS,
  EIP,
  ESP,
  /** General registers other than ESP. */
  GENERAL,
  /** EFLAGS but what is undefined. */
  FLAGS,
  SELECTORS,
  /** C0, C2 and C3 of the x87 status word. */
  X87_CONDITION,
  X87_C1,
  /** PE and UE of the status word, and with them ES and B. */
  X87_INEXACT,
  /** x87 registers, by more than the last bit. */
  X87_REGISTERS,
  X87_LAST_BIT,
  /** Sign and exponent of x87 registers where ours are all ones, as MMX instructions leave them. */
  X87_EXPONENT,
  /** Anything else of the x87 state. */
  X87_OTHER,
  MXCSR,
  XMM,
  /** The data after the case. */
  MEMORY,
  /** MXCSR_MASK in memory, behind an FXSAVE. */
  MXCSR_MASK,
  /** The oracle crashed or hung in the case. */
  ORACLE
}
