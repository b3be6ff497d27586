/**
 * Oracles in a process of their own: what crashes or hangs there is found out, reported as the
 * result of a case, and replaced; the campaign goes on.
 */
package org.trampoline.emulator.oracle.process;
