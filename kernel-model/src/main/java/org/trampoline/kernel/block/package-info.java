/** A disk and the queue of requests for it (Linux: drivers/block/ll_rw_blk.c). */
package org.trampoline.kernel.block;
