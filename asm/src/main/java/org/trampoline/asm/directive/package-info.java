/** The assembler directives, and the reader that tells them from labels and instructions. */
package org.trampoline.asm.directive;
