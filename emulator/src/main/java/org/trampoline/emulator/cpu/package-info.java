/**
 * The processor's architectural state: registers, flags, segments, control registers, CPU models.
 */
package org.trampoline.emulator.cpu;
