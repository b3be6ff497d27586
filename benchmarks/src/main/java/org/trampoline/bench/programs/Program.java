package org.trampoline.bench.programs;

/**
 * A guest program of a known character. It is called at its address with a number of passes in ECX,
 * uses the registers and the memory from {@link Frame#SCRATCH} as it likes, and returns its result
 * in EAX.
 */
public interface Program {
  /** What a program uses of the system's architecture. */
  enum Needs {
    /** What a process may do. */
    NONE,

    /** Descriptor tables and address spaces of its own. */
    TABLES,

    /** These, and interrupts through its IDT. */
    TABLES_AND_IDT,

    /** These, and a PC's timer whose time is virtual. */
    TIMER
  }

  /** Its name for people. */
  String title();

  /** Its code, to lie at {@link #address}. */
  byte[] code();

  /** Physical and linear address of its code. */
  default int address() {
    return Frame.PROGRAM;
  }

  /** Bytes of RAM, a multiple of 4 MB. */
  default int memory() {
    return Frame.MEMORY;
  }

  /** What it needs of an engine beyond the execution of a user's instructions. */
  Needs system();
}
