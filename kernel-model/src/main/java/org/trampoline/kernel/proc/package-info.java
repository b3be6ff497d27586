/** What /proc would tell of the tasks (Linux: fs/proc/array.c), and programs that show it. */
package org.trampoline.kernel.proc;
