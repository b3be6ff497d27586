/**
 * From one instruction to its bytes. Keystone does the encoding; what it gets wrong or does not
 * know (relative branches whose size depends on layout, far pointers, string instructions with
 * operands and some rare forms) is done here.
 */
package org.trampoline.asm.encode;
