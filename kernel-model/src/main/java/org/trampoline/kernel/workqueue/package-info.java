/** Work for kernel threads (Linux: kernel/workqueue.c). */
package org.trampoline.kernel.workqueue;
