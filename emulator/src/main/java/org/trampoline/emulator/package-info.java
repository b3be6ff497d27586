/** A 32-bit x86 machine. {@code Machine} is the one thing an embedder starts from. */
package org.trampoline.emulator;
