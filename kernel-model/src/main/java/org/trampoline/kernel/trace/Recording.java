package org.trampoline.kernel.trace;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.KernelListener;
import org.trampoline.kernel.arch.PtRegs;
import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.layout.Hex;
import org.trampoline.kernel.proc.Ps;
import org.trampoline.kernel.sched.TaskStruct;
import org.trampoline.kernel.smp.Smp;
import org.trampoline.kernel.smp.TlbFlush;

/**
 * What the threads did and when, kept for pictures of a run: who was in which state from when to
 * when, and what happened at which moment. Keeps a bounded number of things and counts the rest.
 */
public final class Recording implements KernelListener {
  private static final int LIMIT = 400_000;

  private final Kernel kernel;
  private final List<Life> lives = new ArrayList<>();

  /** By pid; the threads with pid 0 by their processors, negative. */
  private final Map<Integer, Life> byPid = new HashMap<>();

  private final List<Span> spans = new ArrayList<>();
  private final List<Mark> marks = new ArrayList<>();
  private Map<String, String> copied = Map.of();
  private long dropped;
  private long end;

  /** A thread from its birth to its end. */
  public static final class Life {
    final int id;
    final int pid;
    String comm;
    final boolean fromTheStart;
    long born;
    int parent = -1;
    Map<String, String> registers = Map.of();
    final List<Step> steps = new ArrayList<>();
    String state = "";
    long since;
    int cpu;

    private Life(int id, int pid, String comm, long born, boolean fromTheStart) {
      this.id = id;
      this.pid = pid;
      this.comm = comm;
      this.born = born;
      this.fromTheStart = fromTheStart;
      since = born;
    }
  }

  /**
   * A thread was in one state.
   *
   * @param life whose, by its index
   * @param state {@code running}, or the letter of what it waited in: R for the processor
   * @param from nanoseconds since reset
   * @param to the same
   */
  public record Span(int life, int cpu, String state, long from, long to) {}

  /**
   * Something happened at a moment.
   *
   * @param life with whom, by its index
   * @param kind a word: fork, wakeup, cr3, lazy, exit, …
   * @param other another thread that it is about, or -1
   */
  public record Mark(int life, int cpu, String kind, long at, String text, int other) {}

  /** A recording of a kernel that has not run yet; it has to be told to listen. */
  public Recording(Kernel kernel) {
    this.kernel = kernel;
    Life idle = life(0, "swapper", 0, true);
    idle.state = "running";
  }

  private Life life(int pid, String comm, long born, boolean fromTheStart) {
    Life life = new Life(lives.size(), pid, comm, born, fromTheStart);
    if (lives.size() < LIMIT) {
      lives.add(life);
    }
    byPid.put(pid, life);
    return life;
  }

  private static int key(TaskStruct task) {
    return task.pid() == 0 ? -task.cpu() : task.pid();
  }

  private Life of(TaskStruct task) {
    Life life = byPid.get(key(task));
    if (life == null) {
      life = life(task.pid(), task.comm(), kernel.engine().nanos(), false);
    }
    life.comm = task.comm();
    return life;
  }

  List<Life> lives() {
    return lives;
  }

  List<Span> spans() {
    return spans;
  }

  List<Mark> marks() {
    return marks;
  }

  long end() {
    return end;
  }

  /** Spans and marks for which there was no room. */
  public long dropped() {
    return dropped;
  }

  @Override
  public void event(long time, KernelEvent event) {
    long now = kernel.engine().nanos();
    switch (event) {
      case KernelEvent.CopyThread(TaskStruct child, PtRegs regs) -> copied = registers(child, regs);
      case KernelEvent.Fork(TaskStruct parent, TaskStruct child, int flags) -> {
        Life life = life(child.pid(), child.comm(), now, false);
        life.parent = of(parent).id;
        life.registers = copied;
        mark(
            of(parent),
            "fork",
            "forks " + child.pid() + ", flags 0x" + Integer.toHexString(flags),
            life.id);
        mark(life, "birth", "born of " + parent.comm() + ":" + parent.pid(), of(parent).id);
      }
      case KernelEvent.WakeUp(TaskStruct task) -> {
        Life life = of(task);
        if (!life.state.equals("running")) {
          become(life, "R", now);
        }
        TaskStruct by = kernel.current();
        mark(life, "wakeup", "woken by " + by.comm() + ":" + by.pid(), of(by).id);
      }
      case KernelEvent.Switch(TaskStruct prev, int state, TaskStruct next) -> {
        boolean preempted = Ftrace.preempted(prev);
        become(of(prev), preempted ? "R" : Ps.letter(state), now);
        Life to = of(next);
        become(to, "running", now);
        to.cpu = next.cpu();
      }
      case KernelEvent.CpuUp up -> {
        Life idle = new Life(lives.size(), 0, "swapper", now, false);
        idle.cpu = up.cpu();
        idle.state = "running";
        lives.add(idle);
        byPid.put(-up.cpu(), idle);
      }
      case KernelEvent.Migrate(TaskStruct task, int from, int to) -> {
        Life life = of(task);
        if (!life.state.isEmpty() && !life.state.equals("running")) {
          close(life, now);
          life.since = now;
        }
        life.cpu = to;
        mark(life, "migrate", "goes from CPU " + from + " to CPU " + to, -1);
      }
      case KernelEvent.Ipi ipi ->
          mark(
              of(ipi.task()),
              "ipi",
              "IPI " + Smp.name(ipi.vector()) + ", mask 0x" + Integer.toHexString(ipi.mask()),
              -1);
      case KernelEvent.TlbFlush flush ->
          mark(
              of(flush.task()),
              "flush",
              (flush.address() == TlbFlush.FLUSH_ALL
                      ? "TLB flush"
                      : "TLB flush of the page at " + Hex.word(flush.address()))
                  + (flush.remote() ? " for another CPU" : ""),
              -1);
      case KernelEvent.LeaveMm leave ->
          mark(
              of(leave.task()),
              "leave",
              "leave_mm " + Hex.word(leave.mm()) + ": CR3 = swapper_pg_dir",
              -1);
      case KernelEvent.SwapOut out ->
          mark(
              of(out.task()),
              "swap",
              "page " + Hex.word(out.address()) + " goes to slot " + out.slot(),
              -1);
      case KernelEvent.SwapIn in ->
          mark(
              of(in.task()),
              "swap",
              "page " + Hex.word(in.address()) + " comes back from slot " + in.slot(),
              -1);
      case KernelEvent.Kswapd(boolean awake, int free) ->
          mark(
              of(kernel.current()),
              "kswapd",
              (awake ? "begins: " : "has done: ") + free + " pages free",
              -1);
      case KernelEvent.LazyTlb lazy ->
          mark(of(lazy.task()), "lazy", "borrows mm " + Hex.word(lazy.activeMm()), -1);
      case KernelEvent.LoadCr3 load ->
          mark(
              of(load.task()),
              "cr3",
              "CR3 = " + Hex.word(load.pageDirectory()) + ", TLB flush",
              -1);
      case KernelEvent.FirstRun run ->
          mark(of(run.task()), "first", "first run: ret_from_fork", -1);
      case KernelEvent.Exec exec -> mark(of(exec.task()), "exec", "execve " + exec.file(), -1);
      case KernelEvent.Exit exit ->
          mark(of(exit.task()), "exit", "do_exit(" + exit.code() + ")", -1);
      case KernelEvent.Release release -> mark(of(release.task()), "release", "released", -1);
      case KernelEvent.Signal signal ->
          mark(of(signal.task()), "signal", "signal " + signal.signal(), of(kernel.current()).id);
      case KernelEvent.Daemonize d -> mark(of(d.task()), "daemonize", "daemonize", -1);
      case KernelEvent.Comm comm ->
          mark(of(comm.task()), "comm", "is now " + comm.task().comm(), -1);
      case KernelEvent.Work work ->
          mark(of(work.worker()), "work", kernel.kallsyms().name(work.function()), -1);
      case KernelEvent.Softirq softirq ->
          mark(of(softirq.task()), "softirq", "softirq " + softirq.number(), -1);
      case KernelEvent.PageFault fault ->
          mark(of(fault.task()), "fault", "page fault at " + Hex.word(fault.address()), -1);
      case KernelEvent.Trap trap ->
          mark(of(trap.task()), "fault", "exception " + trap.vector(), -1);
      case KernelEvent.Printk printk -> mark(of(kernel.current()), "printk", printk.text(), -1);
      case KernelEvent.Panic panic ->
          mark(of(kernel.sched().running()), "panic", panic.message(), -1);
      default -> {
        // no place in a picture
      }
    }
  }

  @Override
  public void detail(long time, KernelEvent event) {
    event(time, event);
  }

  private static Map<String, String> registers(TaskStruct child, PtRegs regs) {
    Map<String, String> registers = new LinkedHashMap<>();
    registers.put("pt_regs", Hex.word(regs.address()));
    for (Field<PtRegs> field : regs.layout().fields()) {
      registers.put(field.name().toLowerCase(Locale.ROOT), Hex.word(regs.get(field)));
    }
    return registers;
  }

  private boolean room() {
    boolean room = spans.size() + marks.size() < LIMIT;
    dropped += room ? 0 : 1;
    return room;
  }

  private void mark(Life life, String kind, String text, int other) {
    if (room()) {
      int cpu = kernel.engine().processor();
      marks.add(new Mark(life.id, cpu, kind, kernel.engine().nanos(), text, other));
    }
  }

  private void become(Life life, String state, long now) {
    if (life.state.equals(state)) {
      return;
    }
    close(life, now);
    life.state = state;
    life.since = now;
  }

  private void close(Life life, long now) {
    if (!life.state.isEmpty() && !life.state.equals("X") && now > life.since && room()) {
      spans.add(new Span(life.id, life.cpu, life.state, life.since, now));
    }
  }

  /** Adds an instruction of the trampoline that the running thread has executed. */
  public void step(Step step) {
    Life life = byPid.get(key(kernel.current()));
    if (life != null && life.steps.size() < 16) {
      life.steps.add(step);
    }
  }

  /** Ends what is still going on; to be called once, after the run. */
  public void finish() {
    end = kernel.engine().nanos();
    for (Life life : lives) {
      close(life, end);
    }
  }
}
