/** Kernel threads made properly (Linux: kernel/kthread.c). */
package org.trampoline.kernel.kthread;
