/** The same guest on the translator and on the interpreter, compared as a whole. */
package org.trampoline.emulator.translate.lockstep;
