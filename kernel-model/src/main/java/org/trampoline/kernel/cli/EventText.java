package org.trampoline.kernel.cli;

import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.layout.Hex;
import org.trampoline.kernel.sched.TaskStruct;
import org.trampoline.kernel.smp.Smp;
import org.trampoline.kernel.smp.TlbFlush;

/** An event of the kernel in a line. */
final class EventText {
  private EventText() {}

  /** Seconds of virtual time since reset, of several processors which one, and what happened. */
  static String line(Kernel kernel, KernelEvent event) {
    long nanos = kernel.engine().nanos();
    String processor = kernel.isSmp() ? " #" + kernel.engine().processor() : "";
    String seconds = Long.toString(nanos / 1_000_000_000);
    String micros = Long.toString(nanos / 1000 % 1_000_000);
    return "["
        + " ".repeat(Math.max(0, 3 - seconds.length()))
        + seconds
        + "."
        + "0".repeat(6 - micros.length())
        + micros
        + processor
        + "] "
        + text(event);
  }

  /** The same as an object. */
  static void json(JsonOutput json, long time, Kernel kernel, KernelEvent event) {
    json.beginObject();
    json.number("time", time);
    if (kernel.isSmp()) {
      json.number("cpu", kernel.engine().processor());
    }
    json.string("event", event.getClass().getSimpleName());
    json.string("text", text(event));
    json.endObject();
  }

  private static String text(KernelEvent event) {
    return switch (event) {
      case KernelEvent.CopyThread e ->
          "copy_thread "
              + e.child().pid()
              + ": pt_regs at "
              + Hex.word(e.regs().address())
              + ", eip "
              + Hex.word(e.regs().eip());
      case KernelEvent.Fork e ->
          "fork "
              + task(e.parent())
              + " -> "
              + e.child().pid()
              + ", flags 0x"
              + Integer.toHexString(e.flags());
      case KernelEvent.WakeUp e -> "wake up " + task(e.task());
      case KernelEvent.Switch e ->
          "switch " + task(e.prev()) + ' ' + state(e.prevState()) + " -> " + task(e.next());
      case KernelEvent.LazyTlb e ->
          "lazy TLB " + task(e.task()) + " on mm " + Hex.word(e.activeMm());
      case KernelEvent.LoadCr3 e ->
          "load CR3 " + Hex.word(e.pageDirectory()) + ' ' + task(e.task());
      case KernelEvent.FirstRun e -> "first run " + task(e.task());
      case KernelEvent.Exec e -> "exec " + task(e.task()) + ' ' + e.file();
      case KernelEvent.Exit e -> "exit " + task(e.task()) + ", code " + e.code();
      case KernelEvent.Release e -> "release " + task(e.task());
      case KernelEvent.Free e -> "free " + e.pid();
      case KernelEvent.PageFault e ->
          "page fault "
              + task(e.task())
              + ": CR2 "
              + Hex.word(e.address())
              + ", error "
              + Hex.digits(e.errorCode(), 4)
              + ", eip "
              + Hex.word(e.eip())
              + ", "
              + e.outcome().name().toLowerCase(java.util.Locale.ROOT);
      case KernelEvent.Trap e ->
          "trap "
              + e.vector()
              + ' '
              + task(e.task())
              + ": error "
              + Hex.digits(e.errorCode(), 4)
              + ", eip "
              + Hex.word(e.eip())
              + ", "
              + e.outcome().name().toLowerCase(java.util.Locale.ROOT);
      case KernelEvent.TimeSlice e ->
          "time slice of "
              + task(e.task())
              + " over, "
              + (e.expired() ? "expired" : "interactive: stays active")
              + "; next "
              + e.slice()
              + " ms";
      case KernelEvent.Preempt e -> "preempt " + task(e.task()) + " in the kernel";
      case KernelEvent.Priority e -> "priority " + task(e.task()) + ": " + priority(e.task());
      case KernelEvent.Comm e -> "name " + task(e.task());
      case KernelEvent.Signal e ->
          "signal " + e.signal() + " to " + task(e.task()) + (e.blocked() ? ", blocked" : "");
      case KernelEvent.Daemonize e -> "daemonize " + task(e.task());
      case KernelEvent.Softirq e -> "softirq " + e.number() + " on " + task(e.task());
      case KernelEvent.QueueWork e ->
          "queue work " + Hex.word(e.function()) + " for " + task(e.worker());
      case KernelEvent.Work e -> "work " + Hex.word(e.function()) + " by " + task(e.worker());
      case KernelEvent.Disk e ->
          "disk: "
              + (e.write() ? "write" : "read")
              + " of block "
              + e.block()
              + (e.count() > 1 ? "-" + (e.block() + e.count() - 1) : "")
              + ' '
              + e.what()
              + (e.what().equals("done") ? "" : " by " + task(e.task()));
      case KernelEvent.CpuUp e -> "CPU " + e.cpu() + " is up";
      case KernelEvent.Ipi e ->
          "IPI "
              + Smp.name(e.vector())
              + " to CPU "
              + processors(e.mask())
              + " by "
              + task(e.task());
      case KernelEvent.Migrate e ->
          "migrate " + task(e.task()) + " from CPU " + e.from() + " to " + e.to();
      case KernelEvent.TlbFlush e ->
          "flush TLB "
              + (e.address() == TlbFlush.FLUSH_ALL ? "" : "page " + Hex.word(e.address()) + ' ')
              + (e.remote() ? "for another CPU under " : "by ")
              + task(e.task());
      case KernelEvent.LeaveMm e -> "leave mm " + Hex.word(e.mm()) + " under " + task(e.task());
      case KernelEvent.SwapOut e ->
          "swap out page " + Hex.word(e.address()) + " of " + task(e.task()) + ", slot " + e.slot();
      case KernelEvent.SwapIn e ->
          "swap in page " + Hex.word(e.address()) + " of " + task(e.task()) + ", slot " + e.slot();
      case KernelEvent.Kswapd e ->
          "kswapd " + (e.awake() ? "awake" : "asleep") + ", " + e.free() + " pages free";
      case KernelEvent.Write e -> "write " + task(e.task()) + ": " + e.text().stripTrailing();
      case KernelEvent.PowerOff e -> "power off";
      case KernelEvent.Printk e -> e.text();
      case KernelEvent.Panic e -> "panic: " + e.message();
    };
  }

  private static String processors(int mask) {
    StringBuilder list = new StringBuilder();
    for (int cpu = 0; cpu < 32; cpu++) {
      if ((mask >> cpu & 1) != 0) {
        list.append(list.isEmpty() ? "" : ",").append(cpu);
      }
    }
    return list.toString();
  }

  private static String priority(TaskStruct task) {
    return switch (task.get(TaskStruct.POLICY)) {
      case TaskStruct.SCHED_FIFO -> "SCHED_FIFO " + task.get(TaskStruct.RT_PRIORITY);
      case TaskStruct.SCHED_RR -> "SCHED_RR " + task.get(TaskStruct.RT_PRIORITY);
      default -> "nice " + task.nice();
    };
  }

  private static String task(TaskStruct task) {
    return task.comm() + ":" + task.pid();
  }

  private static String state(int state) {
    return switch (state) {
      case TaskStruct.TASK_RUNNING -> "R";
      case TaskStruct.TASK_INTERRUPTIBLE -> "S";
      case TaskStruct.TASK_UNINTERRUPTIBLE -> "D";
      case TaskStruct.TASK_STOPPED -> "T";
      default -> "X";
    };
  }
}
