/** What a run costs that begins with the start of a process, on several engines side by side. */
package org.trampoline.bench.cold;
