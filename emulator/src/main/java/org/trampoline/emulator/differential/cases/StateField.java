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
  /** IE, DE, ZE, OE and SF of the status word. */
  X87_EXCEPTIONS,
  /** x87 registers, by more than the last bit. */
  X87_REGISTERS,
  X87_LAST_BIT,
  /** Sign and exponent of x87 registers where ours are all ones, as MMX instructions leave them. */
  X87_EXPONENT,
  /** Which x87 registers are empty. */
  X87_TAGS,
  /** Anything else of the x87 state. */
  X87_OTHER,
  MXCSR,
  XMM,
  /** The data after the case. */
  MEMORY,
  /** Of the image behind an FXSAVE: FOP, FIP and FDP, and what is reserved. */
  FXSAVE_REST,
  /** MXCSR_MASK in memory, behind an FXSAVE. */
  MXCSR_MASK,
  /** CR0, CR3 and CR4, in cases of ring 0, as all that follow. */
  CONTROL,
  /** CR2 where there is no page fault, which is {@link #ADDRESS}. */
  CR2,
  /** LDTR, TR, GDTR and IDTR. */
  TABLES,
  DEBUG,
  /** Model-specific registers. */
  MSR,
  /** Accessed and busy bits of descriptors in memory. */
  DESCRIPTORS,
  /** What was said to and heard from ports. */
  PORTS,
  /** One of the two has halted, by HLT or because an exception cannot be delivered. */
  HALTED,
  /** Ours is not what the manual says, and the oracle is known to be no judge of it. */
  MANUAL,
  /** The oracle crashed or hung in the case. */
  ORACLE
}
