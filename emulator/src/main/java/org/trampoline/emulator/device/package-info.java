/** The I/O space and the chips in it, a file per chip. */
package org.trampoline.emulator.device;
