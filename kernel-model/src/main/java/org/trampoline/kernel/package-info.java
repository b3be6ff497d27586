/**
 * Linux 2.6's kernel threads on an emulated machine. What is assembly in Linux is guest code here
 * (the {@code .S} resources), what is C is Java that the guest calls by its symbol and that works
 * on structures in guest memory. {@link org.trampoline.kernel.Kernel} is where to begin; it needs
 * nothing but an {@link org.trampoline.emulator.engine.Engine}.
 */
package org.trampoline.kernel;
