package org.trampoline.kernel.sched;

import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.layout.Layout;
import org.trampoline.kernel.layout.Struct;

/** {@code struct runqueue} (kernel/sched.c): the runnable tasks of a processor. */
public final class RunQueue extends Struct<RunQueue> {
  /** For the assembler. */
  public static final Layout<RunQueue> LAYOUT = new Layout<>("RQ");

  public static final Field<RunQueue> NR_RUNNING = LAYOUT.word("nr_running"); // but process 0
  public static final Field<RunQueue> NR_SWITCHES = LAYOUT.word("nr_switches"); // since boot
  public static final Field<RunQueue> CURR = LAYOUT.word("curr"); // the running task
  public static final Field<RunQueue> IDLE = LAYOUT.word("idle"); // process 0
  public static final Field<RunQueue> PREV_MM = LAYOUT.word("prev_mm"); // to drop after the switch
  public static final Field<RunQueue> ACTIVE = LAYOUT.word("active"); // tasks with time left
  public static final Field<RunQueue> EXPIRED = LAYOUT.word("expired"); // those without
  public static final Field<RunQueue> NR_UNINTERRUPTIBLE =
      LAYOUT.word("nr_uninterruptible"); // asleep in TASK_UNINTERRUPTIBLE
  public static final Field<RunQueue> EXPIRED_TIMESTAMP =
      LAYOUT.word("expired_timestamp"); // jiffies when the first one expired
  public static final Field<RunQueue> BEST_EXPIRED_PRIO =
      LAYOUT.word("best_expired_prio"); // highest static priority among the expired
  public static final Field<RunQueue> MIGRATION_THREAD =
      LAYOUT.word("migration_thread"); // of this processor
  public static final Field<RunQueue> MIGRATION_QUEUE =
      LAYOUT.list("migration_queue"); // requests for it
  public static final Field<RunQueue> SWITCHING =
      LAYOUT.word("switching"); // left by a switch under way: its registers are not saved yet
  public static final Field<RunQueue> CPU_LOAD =
      LAYOUT.word("cpu_load"); // 128 for each runnable task, averaged over the last ticks
  public static final Field<RunQueue> LAST_BALANCE = LAYOUT.word("last_balance"); // jiffies
  public static final Field<RunQueue> BALANCE_INTERVAL = LAYOUT.word("balance_interval"); // ticks
  public static final Field<RunQueue> NR_BALANCE_FAILED =
      LAYOUT.word("nr_balance_failed"); // times in a row
  public static final Field<RunQueue> ARRAYS = LAYOUT.bytes("arrays", 2 * PrioArray.LAYOUT.size());

  /** Looks at one. */
  public RunQueue(KernelMemory memory, int address) {
    super(memory, address);
  }

  PrioArray array(Field<RunQueue> field) {
    return new PrioArray(memory, get(field));
  }

  TaskStruct task(Field<RunQueue> field) {
    return new TaskStruct(memory, get(field));
  }
}
