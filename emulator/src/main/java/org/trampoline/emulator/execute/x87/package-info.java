/**
 * The x87 floating-point unit (SDM volume 1, chapter 8): {@link
 * org.trampoline.emulator.execute.x87.Fpu} is its state, {@link
 * org.trampoline.emulator.execute.x87.Float80} an operation's result under way, with one class for
 * each kind of arithmetic beside it; the classes whose names begin with {@code X87} are the
 * instructions, and {@link org.trampoline.emulator.execute.x87.X87Dispatch} finds them.
 */
package org.trampoline.emulator.execute.x87;
