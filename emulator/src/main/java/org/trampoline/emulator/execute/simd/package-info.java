/**
 * MMX, SSE, SSE2, SSE3 and SSSE3 (SDM vol. 1, chapters 9 to 12): the XMM registers and MXCSR,
 * packed integers, and floating point in single and double precision, exact in every rounding mode
 * and exception flag.
 */
package org.trampoline.emulator.execute.simd;
