/**
 * Memory: pages and small objects, address spaces and their page tables, the loading of programs
 * (Linux: mm, arch/i386/mm, fs/exec.c).
 */
package org.trampoline.kernel.mm;
