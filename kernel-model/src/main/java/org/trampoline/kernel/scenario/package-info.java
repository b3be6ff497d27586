/**
 * Things to run on the kernel and to watch: the main job, which makes a kernel thread and follows
 * it through the trampoline, and the scenarios of {@code trampoline kernel}. Their guest code is in
 * the resources beside them.
 */
package org.trampoline.kernel.scenario;
