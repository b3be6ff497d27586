/** The whole state of a machine at one moment, to go back to. */
package org.trampoline.emulator.snapshot;
