/**
 * Tasks and who of them runs next (Linux: kernel/sched.c, include/linux/sched.h). The change of
 * stacks itself is guest code, in {@code kernel/sched.S}.
 */
package org.trampoline.kernel.sched;
