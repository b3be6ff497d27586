/** How the cost of guest code grows with its size, its working set and its number of tasks. */
package org.trampoline.bench.scaling;
