/** What shows that each instruction does what it should: cases on oracles, tests from the SDM. */
package org.trampoline.emulator.differential.coverage;
