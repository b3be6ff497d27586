/**
 * The assembler: GNU-as-like AT&amp;T source for 16- and 32-bit x86 code goes in, bytes, symbols
 * and a line table come out.
 *
 * <p>{@link org.trampoline.asm.Assembler} is where to begin, {@link
 * org.trampoline.asm.AssembledCode} is what it gives. Labels, directives, expressions and the
 * choice between short and near branches are this project's own ({@code syntax}, {@code program});
 * single instructions are encoded by the Keystone engine ({@code encode}), which never sees a
 * symbol, a directive or a decimal number.
 */
package org.trampoline.asm;
