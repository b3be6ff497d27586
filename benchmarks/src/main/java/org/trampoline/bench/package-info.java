/**
 * JMH benchmarks: context switches and TLB paths of the emulated machine, beside other engines that
 * execute the same guest programs.
 */
package org.trampoline.bench;
