package org.trampoline.emulator.memory;

/**
 * Looks at every data access of the running code, for alignment checks and data breakpoints. The
 * processor's own accesses to tables and inner stacks are not shown, nor are instruction fetches.
 */
public interface AccessInspector {
  /**
   * Before paging is asked about an access; may throw the CPU's fault.
   *
   * @param bytes 1, 2, 4, 8, 10 or 16; for a check in advance any number
   */
  void before(int linear, int bytes);

  /** After the access was done. */
  void after(int linear, int bytes, boolean write);
}
