package org.trampoline.kernel.block;

import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.Layout;
import org.trampoline.kernel.layout.Struct;
import org.trampoline.kernel.timer.TimerList;
import org.trampoline.kernel.workqueue.WorkStruct;

/** {@code struct request_queue} (include/linux/blkdev.h). */
public final class RequestQueue extends Struct<RequestQueue> {
  /** For the assembler. */
  public static final Layout<RequestQueue> LAYOUT = new Layout<>("RQUEUE");

  public static final Field<RequestQueue> QUEUE_HEAD = LAYOUT.list("queue_head"); // by block
  public static final Field<RequestQueue> ACTIVE = LAYOUT.list("active"); // at the disk
  public static final Field<RequestQueue> PLUGGED = LAYOUT.word("plugged"); // 1: collecting
  public static final Field<RequestQueue> NR_QUEUED = LAYOUT.word("nr_queued"); // not at the disk
  public static final Field<RequestQueue> UNPLUG_TIMER =
      LAYOUT.struct("unplug_timer", TimerList.LAYOUT); // enough collected
  public static final Field<RequestQueue> UNPLUG_WORK =
      LAYOUT.struct("unplug_work", WorkStruct.LAYOUT); // for kblockd
  public static final Field<RequestQueue> DISK_TIMER =
      LAYOUT.struct("disk_timer", TimerList.LAYOUT); // when the disk will be ready

  /** Looks at it. */
  public RequestQueue(KernelMemory memory, int address) {
    super(memory, address);
  }
}
