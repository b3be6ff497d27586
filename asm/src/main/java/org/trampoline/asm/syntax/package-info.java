/**
 * From text to statements: comments and line ends, expressions, operands, macros and conditionals.
 * Nothing here knows an instruction's encoding or a symbol's address.
 */
package org.trampoline.asm.syntax;
