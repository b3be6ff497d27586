/**
 * JMH suites: what context switches, TLB paths, traps, kernel threads and guest code cost on each
 * engine.
 */
package org.trampoline.bench.jmh;
