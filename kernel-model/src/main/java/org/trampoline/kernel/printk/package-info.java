/** The kernel's log and its end (Linux: kernel/printk.c, kernel/panic.c, lib/vsprintf.c). */
package org.trampoline.kernel.printk;
