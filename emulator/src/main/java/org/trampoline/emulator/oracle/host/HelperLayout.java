package org.trampoline.emulator.oracle.host;

import org.trampoline.emulator.differential.cases.CaseWorld;

/**
 * The file shared with the helper: a page of control fields, the signal stack, the chain region,
 * and the code and data of the cases. The helper maps it whole at {@link #WINDOW}, and its last
 * three parts once more below 4 GB, where {@link CaseWorld} says. Offsets and sizes in bytes.
 */
final class HelperLayout {
  /** Where the helper's own code is: one page. */
  static final long TEXT = 0x1000_0000_0000L;

  /** Where the helper sees the file. */
  static final long WINDOW = 0x1000_1000_0000L;

  /** What the helper shall do: one of the constants below; 4 bytes. */
  static final int COMMAND = 0;

  /** Enter the records one after the other, each until its trap. */
  static final int TRAPS = 1;

  /** Run a chain; faults within it are recorded and skipped. */
  static final int CHAIN = 2;

  /** Make the system call that {@link #SYSTEM_CALL} describes. */
  static final int CALL = 3;

  /** Records still to be entered; 4 bytes. */
  static final int COUNT = 4;

  /** Window address of the record being executed, 0 while idle; 8 bytes. */
  static final int CURRENT = 8;

  /** Window address of the first record; 8 bytes. */
  static final int FIRST = 16;

  /** Distance from a record to its result; 8 bytes. */
  static final int RESULT = 24;

  /** Distance from a record to the next; 4 bytes. */
  static final int STRIDE = 32;

  /** 1 if records have an FXSAVE image; 4 bytes. */
  static final int FX = 36;

  /** rax, rdi, rsi, rdx, r10, r8, r9 and the result: 8 × 8 bytes. */
  static final int SYSTEM_CALL = 40;

  /** A {@code stack_t}. */
  static final int SIGNAL_STACK = 104;

  /** A {@code struct sigaction}, as the kernel has it. */
  static final int ACTION = 128;

  /** A {@code struct sock_fprog}. */
  static final int FILTER = 160;

  /** Two {@code struct itimerval}: the time limit of a command, and none. */
  static final int TIME_LIMIT = 176;

  static final int NO_LIMIT = 208;

  /** One byte, sent and received to wake the other side. */
  static final int DOORBELL = 240;

  /** The seccomp program. */
  static final int FILTER_PROGRAM = 256;

  /** Arguments in memory of a system call. */
  static final int ARGUMENT = 1024;

  /** The record from which a chain is entered. */
  static final int CHAIN_ENTRY = 2048;

  static final int STACK = 0x1000;
  static final int STACK_SIZE = 0x1_0000;

  static final int CHAIN_REGION = STACK + STACK_SIZE;
  static final int CODE = CHAIN_REGION + CaseWorld.CHAIN_SIZE;
  static final int DATA = CODE + CaseWorld.CODE_SIZE;
  static final int SIZE = DATA + CaseWorld.DATA_MAPPED;

  private HelperLayout() {}
}
