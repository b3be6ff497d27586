/**
 * The processor this runs on as an oracle for ring 3 code, without a compiler and without native
 * code in this process: Java writes a static 64-bit program ({@link
 * org.trampoline.emulator.oracle.host.HelperProgram}) and starts it. That program enters 32-bit
 * code by returning from a signal with a 32-bit CS, and gets control back by the next signal, in
 * whose frame the whole state lies. Both sides share a file ({@link
 * org.trampoline.emulator.oracle.host.HelperLayout}).
 *
 * <p>The helper's own code, stack and window lie above 4 GB, where 32-bit code cannot reach; a
 * seccomp filter lets system calls come from its code page only.
 */
package org.trampoline.emulator.oracle.host;
