package org.trampoline.kernel.mm;

import org.trampoline.kernel.HostFunctions;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelPanic;
import org.trampoline.kernel.Signal;
import org.trampoline.kernel.arch.ThreadInfo;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.sched.Signals;
import org.trampoline.kernel.sched.TaskStruct;

/** Who has to die when there is no memory, and no way to get some (Linux: mm/oom_kill.c). */
public final class OutOfMemory {
  private final Kernel kernel;
  private final KernelMemory memory;
  private final Signals signals;
  private final Lru lru;
  private final SwapArea swap;

  OutOfMemory(Kernel kernel, Signals signals, Lru lru, SwapArea swap) {
    this.kernel = kernel;
    memory = kernel.memory();
    this.signals = signals;
    this.lru = lru;
    this.swap = swap;
  }

  /** Offers the function that the guest calls. */
  public void link(HostFunctions functions) {
    functions.add("out_of_memory", call -> kill());
  }

  /** {@code out_of_memory}: kills the worst process, unless one is dying already. */
  private void kill() {
    TaskStruct worst = null;
    long most = 0;
    var walk = kernel.initTask().list(TaskStruct.TASKS).walk();
    for (int node; (node = walk.next()) != 0; ) {
      TaskStruct task = TaskStruct.of(memory, node, TaskStruct.TASKS);
      if (task.pid() <= 1 || task.get(TaskStruct.MM) == 0) {
        continue;
      }
      if (task.threadInfo().testFlag(ThreadInfo.TIF_MEMDIE)) {
        return; // its memory will be free soon
      }
      long points = badness(task);
      if (points > most) {
        most = points;
        worst = task;
      }
    }
    kernel.printk().print(4, "oom-killer: gfp_mask=0x1d2"); // GFP_HIGHUSER
    showFreeAreas();
    if (worst == null) {
      throw new KernelPanic("Out of memory and no killable processes...");
    }
    kernel
        .printk()
        .print(3, "Out of Memory: Killed process " + worst.pid() + " (" + worst.comm() + ").");
    int mm = worst.get(TaskStruct.MM);
    walk = kernel.initTask().list(TaskStruct.TASKS).walk();
    for (int node; (node = walk.next()) != 0; ) { // its threads, too
      TaskStruct task = TaskStruct.of(memory, node, TaskStruct.TASKS);
      if (task.get(TaskStruct.MM) == mm && task.pid() > 1) {
        task.threadInfo().setFlag(ThreadInfo.TIF_MEMDIE);
        signals.force(task, Signal.SIGKILL);
      }
    }
  }

  /** {@code show_free_areas}, in the model's words for what it has. */
  private void showFreeAreas() {
    Zone zone = lru.zone();
    kernel
        .printk()
        .print(
            4,
            "active:%d inactive:%d writeback:%d free:%d mapped:%d"
                .formatted(
                    zone.get(Zone.NR_ACTIVE),
                    zone.get(Zone.NR_INACTIVE),
                    zone.get(Zone.NR_WRITEBACK),
                    kernel.pages().free(),
                    zone.get(Zone.NR_MAPPED)));
    kernel.printk().print(4, "Free swap: %11dkB".formatted(swap.free() * 4));
  }

  /**
   * {@code badness}: its memory in pages, less for who has used much processor time, twice for who
   * is nice. (All are root's, and how long they have run is not known.)
   */
  private long badness(TaskStruct task) {
    long points = new MmStruct(memory, task.get(TaskStruct.MM)).totalPages();
    long seconds = ((long) task.get(TaskStruct.UTIME) + task.get(TaskStruct.STIME)) >>> 13;
    long root = (long) Math.sqrt((double) seconds);
    if (root > 0) {
      points /= root;
    }
    return task.nice() > 0 ? points * 2 : points;
  }
}
