/**
 * The interpreter and the one definition of every instruction's semantics, a class per SDM topic.
 */
package org.trampoline.emulator.execute;
