/**
 * Several processors on one memory: their turns, their local APICs, what they see of each other.
 */
package org.trampoline.emulator.smp;
