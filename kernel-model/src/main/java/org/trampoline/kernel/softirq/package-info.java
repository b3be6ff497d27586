/** What interrupt handlers leave for later (Linux: kernel/softirq.c). */
package org.trampoline.kernel.softirq;
