/** The guest programs on several engines side by side, one after the other in turns. */
package org.trampoline.bench.peers;
