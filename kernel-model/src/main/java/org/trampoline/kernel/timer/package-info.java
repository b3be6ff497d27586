/** Time: jiffies, the timer wheel, the tick (Linux: kernel/timer.c, arch/i386/kernel/time.c). */
package org.trampoline.kernel.timer;
