/**
 * What i386 adds to the kernel: descriptors, the task state segment, the frame of saved registers,
 * threads as the processor sees them, exceptions (Linux: arch/i386/kernel, include/asm-i386). The
 * part of it that is assembly in Linux is in the resources under {@code arch/i386}.
 */
package org.trampoline.kernel.arch;
