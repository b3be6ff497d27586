/** Making threads, and what they share (Linux: kernel/fork.c, kernel/pid.c). */
package org.trampoline.kernel.fork;
