/**
 * Tests of the protected-mode system semantics, written from the SDM: each names its section. They
 * execute single instructions on a processor whose descriptor tables lie in guest memory.
 */
package org.trampoline.emulator.system;
