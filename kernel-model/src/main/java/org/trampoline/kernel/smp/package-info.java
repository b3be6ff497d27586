/**
 * Several processors: finding them, idle threads, interrupts from one to another, TLB shootdown
 * (Linux: arch/i386/kernel/smpboot.c, smp.c, mpparse.c). The guest half is in
 * arch/i386/kernel/smp*.S, apic.S and trampoline.S.
 */
package org.trampoline.kernel.smp;
