package org.trampoline.emulator.oracle.host;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The classic BPF program that lets only the helper's own code page make system calls, and only the
 * few it needs; any other raises SIGSYS, which the helper records (Linux,
 * Documentation/userspace-api/seccomp_filter.rst).
 */
final class SeccompFilter {
  private static final int LOAD_WORD = 0x20;
  private static final int AND = 0x54;
  private static final int JUMP_IF_EQUAL = 0x15;
  private static final int RETURN = 0x06;

  private static final int ALLOW = 0x7fff_0000;
  private static final int TRAP = 0x0003_0000;

  /** Offsets in {@code struct seccomp_data}. */
  private static final int NUMBER = 0, ARCHITECTURE = 4, POINTER_LOW = 8, POINTER_HIGH = 12;

  private static final int AUDIT_ARCH_X86_64 = 0xc000_003e;

  /** read, write, mmap, mprotect, munmap, rt_sigreturn, setitimer, modify_ldt, exit_group. */
  private static final int[] CALLS = {0, 1, 9, 10, 11, 15, 38, 154, 231};

  private SeccompFilter() {}

  /**
   * Writes the program.
   *
   * @return how many instructions it has
   */
  static int write(MemorySegment window) {
    int last = 8 + CALLS.length; // the index of "return TRAP"; "return ALLOW" follows it
    int at = 0;
    at = put(window, at, LOAD_WORD, 0, 0, ARCHITECTURE);
    at = put(window, at, JUMP_IF_EQUAL, 0, last - at - 1, AUDIT_ARCH_X86_64);
    at = put(window, at, LOAD_WORD, 0, 0, POINTER_HIGH);
    at = put(window, at, JUMP_IF_EQUAL, 0, last - at - 1, (int) (HelperLayout.TEXT >>> 32));
    at = put(window, at, LOAD_WORD, 0, 0, POINTER_LOW);
    at = put(window, at, AND, 0, 0, 0xffff_f000);
    at = put(window, at, JUMP_IF_EQUAL, 0, last - at - 1, (int) HelperLayout.TEXT);
    at = put(window, at, LOAD_WORD, 0, 0, NUMBER);
    for (int i = 0; i < CALLS.length; i++) {
      boolean none = i == CALLS.length - 1;
      at = put(window, at, JUMP_IF_EQUAL, last - at, none ? last - at - 1 : 0, CALLS[i]);
    }
    at = put(window, at, RETURN, 0, 0, TRAP);
    return put(window, at, RETURN, 0, 0, ALLOW);
  }

  private static int put(MemorySegment window, int at, int code, int yes, int no, int value) {
    long offset = HelperLayout.FILTER_PROGRAM + 8L * at;
    window.set(ValueLayout.JAVA_SHORT_UNALIGNED, offset, (short) code);
    window.set(ValueLayout.JAVA_BYTE, offset + 2, (byte) yes);
    window.set(ValueLayout.JAVA_BYTE, offset + 3, (byte) no);
    window.set(ValueLayout.JAVA_INT_UNALIGNED, offset + 4, value);
    return at + 1;
  }
}
