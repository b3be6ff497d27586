/** Exceptions and interrupts: vectors, error codes, delivery through the IDT, task switch. */
package org.trampoline.emulator.fault;
