/** The guest programs that engines are measured with, each checked by its result. */
package org.trampoline.bench.programs;
