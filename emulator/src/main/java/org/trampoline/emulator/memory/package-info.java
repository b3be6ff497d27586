/**
 * Guest-physical memory and the linear-address accesses in front of it: page walk, translation
 * maps, TLB.
 */
package org.trampoline.emulator.memory;
