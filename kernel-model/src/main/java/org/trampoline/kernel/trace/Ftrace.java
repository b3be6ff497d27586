package org.trampoline.kernel.trace;

import java.io.PrintWriter;
import java.util.ArrayDeque;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.KernelListener;
import org.trampoline.kernel.arch.PreemptCount;
import org.trampoline.kernel.arch.ThreadInfo;
import org.trampoline.kernel.layout.Hex;
import org.trampoline.kernel.proc.Ps;
import org.trampoline.kernel.sched.TaskStruct;
import org.trampoline.kernel.smp.Smp;
import org.trampoline.kernel.smp.TlbFlush;

/**
 * The events in the text format of ftrace's {@code trace} file (Linux:
 * Documentation/trace/ftrace.rst, include/trace/events/sched.h), which Perfetto and trace-cmd's kin
 * read. Like ftrace it keeps the last events only, in a ring of a stated size.
 */
public final class Ftrace implements KernelListener {
  private static final int RING = 1 << 20;

  private static final String[] SOFTIRQS = {"HI", "TIMER", "NET_TX", "NET_RX", "SCSI", "TASKLET"};

  private final Kernel kernel;
  private final ArrayDeque<String> ring = new ArrayDeque<>();
  private long written;

  /** A trace of a kernel; it has to be told to listen. */
  public Ftrace(Kernel kernel) {
    this.kernel = kernel;
    new InterruptTrace(kernel, this).hook();
  }

  @Override
  public void event(long time, KernelEvent event) {
    String text = text(event);
    if (text != null) {
      add(text);
    }
  }

  @Override
  public void detail(long time, KernelEvent event) {
    event(time, event);
  }

  /** Adds a line for something that happens now. */
  void add(String text) {
    Moment at = Moment.now(kernel);
    if (ring.size() == RING) {
      ring.removeFirst();
    }
    ring.add(line(at, text));
    written++;
  }

  private static String line(Moment at, String text) {
    String comm = at.pid() == 0 ? "<idle>" : at.comm();
    StringBuilder line = new StringBuilder(140);
    line.append(" ".repeat(Math.max(0, 16 - comm.length()))).append(comm);
    line.append('-').append(at.pid());
    line.append(" ".repeat(Math.max(0, 25 - line.length())));
    line.append('[').append(digits(at.cpu(), 3)).append("] ").append(at.flags()).append(' ');
    String seconds = Long.toString(at.nanos() / 1_000_000_000);
    line.append(" ".repeat(Math.max(0, 5 - seconds.length()))).append(seconds);
    line.append('.').append(digits(at.nanos() / 1000 % 1_000_000, 6));
    return line.append(": ").append(text).toString();
  }

  private static String digits(long value, int count) {
    String text = Long.toString(value);
    return "0".repeat(Math.max(0, count - text.length())) + text;
  }

  private String text(KernelEvent event) {
    return switch (event) {
      case KernelEvent.Switch(TaskStruct prev, int state, TaskStruct next) ->
          "sched_switch: prev_comm="
              + prev.comm()
              + " prev_pid="
              + prev.pid()
              + " prev_prio="
              + prev.get(TaskStruct.PRIO)
              + " prev_state="
              + Ps.letter(state)
              + (preempted(prev) ? "+" : "")
              + " ==> next_comm="
              + next.comm()
              + " next_pid="
              + next.pid()
              + " next_prio="
              + next.get(TaskStruct.PRIO);
      case KernelEvent.WakeUp(TaskStruct task) ->
          (neverRan(task) ? "sched_wakeup_new: " : "sched_wakeup: ")
              + who(task)
              + " target_cpu="
              + digits(task.cpu(), 3);
      case KernelEvent.Fork(TaskStruct parent, TaskStruct child, int flags) ->
          "sched_process_fork: comm="
              + parent.comm()
              + " pid="
              + parent.pid()
              + " child_comm="
              + child.comm()
              + " child_pid="
              + child.pid();
      case KernelEvent.Exec(TaskStruct task, String file) ->
          "sched_process_exec: filename=" + file + " pid=" + task.pid() + " old_pid=" + task.pid();
      case KernelEvent.Exit exit -> "sched_process_exit: " + who(exit.task());
      case KernelEvent.Release release -> "sched_process_free: " + who(release.task());
      case KernelEvent.Signal signal ->
          "signal_generate: sig="
              + signal.signal()
              + " errno=0 code=0 comm="
              + signal.task().comm()
              + " pid="
              + signal.task().pid()
              + " grp=0 res=0";
      case KernelEvent.Softirq softirq -> "softirq_entry: " + softirq(softirq.number());
      case KernelEvent.LoadCr3 load -> "tlb_flush: pages:-1 reason:flush on task switch (0)";
      case KernelEvent.TlbFlush flush ->
          "tlb_flush: pages:"
              + (flush.address() == TlbFlush.FLUSH_ALL ? -1 : 1)
              + " reason:"
              + (flush.remote() ? "remote shootdown (1)" : "local mm shootdown (3)");
      case KernelEvent.LeaveMm leave -> "tlb_flush: pages:-1 reason:remote shootdown (1)";
      case KernelEvent.Migrate(TaskStruct task, int from, int to) ->
          "sched_migrate_task: " + who(task) + " orig_cpu=" + from + " dest_cpu=" + to;
      case KernelEvent.Ipi ipi ->
          "ipi_raise: target_mask=" + Hex.word(ipi.mask()) + " (" + Smp.name(ipi.vector()) + ")";
      case KernelEvent.QueueWork work ->
          "workqueue_queue_work: work struct=- function="
              + kernel.kallsyms().name(work.function())
              + " workqueue="
              + work.worker().comm()
              + " req_cpu="
              + work.worker().cpu()
              + " cpu="
              + work.worker().cpu();
      case KernelEvent.Work work ->
          "workqueue_execute_start: work struct -: function "
              + kernel.kallsyms().name(work.function());
      case KernelEvent.PageFault fault ->
          "page_fault_"
              + ((fault.errorCode() & 4) != 0 ? "user" : "kernel")
              + ": address=0x"
              + Hex.word(fault.address())
              + " ip=0x"
              + Hex.word(fault.eip())
              + " error_code=0x"
              + Integer.toHexString(fault.errorCode());
      case KernelEvent.SwapOut out ->
          "mm_vmscan_writepage: pfn="
              + out.pfn()
              + " flags=RECLAIM_WB_ANON|RECLAIM_WB_ASYNC slot="
              + out.slot();
      case KernelEvent.SwapIn in ->
          "swap_in: address=0x"
              + Hex.word(in.address())
              + " pfn="
              + in.pfn()
              + " slot="
              + in.slot();
      case KernelEvent.Kswapd(boolean awake, int free) ->
          awake ? "mm_vmscan_kswapd_wake: nid=0 order=0" : "mm_vmscan_kswapd_sleep: nid=0";
      case KernelEvent.Printk printk -> "console: " + printk.text();
      default -> null;
    };
  }

  /** {@code vec=1 [action=TIMER]}. */
  static String softirq(int number) {
    boolean known = number >= 0 && number < SOFTIRQS.length;
    return "vec=" + number + " [action=" + (known ? SOFTIRQS[number] : "") + "]";
  }

  private static String who(TaskStruct task) {
    return "comm=" + task.comm() + " pid=" + task.pid() + " prio=" + task.get(TaskStruct.PRIO);
  }

  static boolean preempted(TaskStruct prev) {
    int count = prev.threadInfo().get(ThreadInfo.PREEMPT_COUNT);
    return (count & PreemptCount.PREEMPT_ACTIVE) != 0;
  }

  /** Whether its stack is still as copy_thread has made it. */
  private boolean neverRan(TaskStruct task) {
    return task.thread().get(org.trampoline.kernel.arch.ThreadStruct.EIP)
        == kernel.symbol("ret_from_fork");
  }

  /** Writes the file. */
  public void write(PrintWriter out) {
    out.print("# tracer: nop\n#\n");
    out.print("# entries-in-buffer/entries-written: " + ring.size() + "/" + written);
    out.print("   #P:" + kernel.engine().processors() + "\n");
    out.print(
        """
        #
        #                                _-----=> irqs-off
        #                               / _----=> need-resched
        #                              | / _---=> hardirq/softirq
        #                              || / _--=> preempt-depth
        #                              ||| /     delay
        #           TASK-PID     CPU#  ||||   TIMESTAMP  FUNCTION
        #              | |         |   ||||      |         |
        """);
    ring.forEach(line -> out.print(line + "\n"));
    out.flush();
  }
}
