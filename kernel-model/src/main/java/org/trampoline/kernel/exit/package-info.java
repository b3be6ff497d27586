/** Ends of threads and processes, and waiting for them (Linux: kernel/exit.c). */
package org.trampoline.kernel.exit;
