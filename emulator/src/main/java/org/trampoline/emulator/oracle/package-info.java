/**
 * Other x86 engines to check ours against.
 *
 * <p>{@link org.trampoline.emulator.oracle.Unicorn} binds the C library Unicorn 2.1 through {@code
 * java.lang.foreign}. An oracle that is not there is never a failure of the program: whoever asks
 * for it gets an {@link org.trampoline.emulator.oracle.OracleUnavailableException} whose message is
 * the reason in one line.
 */
package org.trampoline.emulator.oracle;
