/** Long runs that show that no guest makes the host grow, however long it runs. */
package org.trampoline.bench.soak;
