/** Interrupts, exceptions and returns from them in translated code. */
package org.trampoline.emulator.translate.trap;
