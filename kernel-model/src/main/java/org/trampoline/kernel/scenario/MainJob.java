package org.trampoline.kernel.scenario;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.trampoline.asm.AssembledCode;
import org.trampoline.asm.Source;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.Register;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.KernelEvent.FaultOutcome;
import org.trampoline.kernel.Vmlinux;
import org.trampoline.kernel.arch.PtRegs;
import org.trampoline.kernel.arch.ThreadStruct;
import org.trampoline.kernel.fork.CloneFlags;
import org.trampoline.kernel.layout.Field;
import org.trampoline.kernel.sched.TaskStruct;
import org.trampoline.kernel.trace.Step;
import org.trampoline.kernel.trace.StepRecorder;

/**
 * The main job: boots the kernel, has process 1 call {@code kernel_thread(fn, arg, CLONE_KERNEL)},
 * and follows the thread from copy_thread through the trampoline to do_exit.
 */
public final class MainJob {
  /** The argument unless the user gives another. */
  public static final int DEFAULT_ARGUMENT = 41;

  private final Kernel kernel;
  private final AssembledCode function;
  private Birth birth;
  private End end;
  private boolean oops;

  /**
   * What copy_thread has put together.
   *
   * @param pid of the new thread
   * @param frame address of its pt_regs
   * @param registers the frame's fields in the order in which they lie in memory
   * @param esp0 its stack pointer on entry from user mode
   * @param eip where switch_to will take it
   */
  public record Birth(int pid, int frame, Map<String, Integer> registers, int esp0, int eip) {}

  /**
   * What do_exit has received.
   *
   * @param code its argument, in eax
   * @param onStack the word above the return address
   */
  public record End(int pid, int code, int onStack) {}

  /**
   * Loads the kernel and the job.
   *
   * @param engine a machine that is as RESET leaves it
   * @param function the thread function's source; it begins with its first byte
   * @param argument what it is given
   * @throws org.trampoline.asm.AssemblyException if the function cannot be assembled
   * @throws IllegalArgumentException if there is nothing in it, or too much
   */
  public MainJob(Engine engine, Vmlinux image, Source function, int argument) {
    kernel = new Kernel(engine, image);
    this.function = kernel.load(function, Map.of());
    if (this.function.length() == 0) {
      throw new IllegalArgumentException(
          function.name() + ": there is no code in it, expected the body of a function");
    }
    Map<String, Integer> symbols =
        Map.of(
            "THREAD_FN",
            this.function.origin(),
            "THREAD_ARG",
            argument,
            "THREAD_FLAGS",
            CloneFlags.CLONE_KERNEL);
    AssembledCode job = kernel.load(Resources.source("main-job.S"), symbols);
    kernel.addInitcall(job.symbol("main_job"));
  }

  /** The default thread function. */
  public static Source defaultFunction() {
    return Resources.source("fn.S");
  }

  /** The kernel it runs on. */
  public Kernel kernel() {
    return kernel;
  }

  /** The thread function as it was loaded. */
  public AssembledCode function() {
    return function;
  }

  /** Is told of the thread's life as it goes on. */
  public interface Watcher {
    /** copy_thread has put the thread's registers together. */
    default void born(Birth birth) {}

    /** The thread has executed an instruction. */
    default void stepped(Step step) {}

    /** A line has been added to the kernel's log since the thread's birth. */
    default void logged(String line) {}

    /** The thread is in do_exit. */
    default void exited(End end) {}
  }

  /**
   * Runs the job to its end: the kernel is idle again, or something stopped it.
   *
   * @param limit instructions at most
   * @param withFunction whether the thread function's instructions are steps, too, and not only the
   *     trampoline's
   */
  public StopReason run(long limit, boolean withFunction, Watcher watcher) {
    Engine engine = kernel.engine();
    kernel.listen((time, event) -> note(event, watcher));
    int helper = kernel.symbol("kernel_thread_helper");
    int helperEnd = kernel.symbol("kernel_thread_helper_end");
    engine.stopAt(helper);
    long deadline = engine.instructions() + limit;
    StopReason reason;
    do { // process 1 comes this way first
      reason = kernel.run(deadline - engine.instructions());
    } while (reason instanceof StopReason.Reached && !isThread());
    engine.clearStop(helper);
    if (!(reason instanceof StopReason.Reached)) {
      return reason;
    }
    return withFunction
        ? follow(deadline, helper, helperEnd, watcher)
        : followTrampoline(deadline, helper, helperEnd, watcher);
  }

  /** Observes everything from the trampoline on, and tells of what is the thread's own. */
  private StopReason follow(long deadline, int helper, int helperEnd, Watcher watcher) {
    Engine engine = kernel.engine();
    StepRecorder recorder =
        new StepRecorder(
            address ->
                (within(address, helper, helperEnd)
                        || within(address, function.origin(), function.end()))
                    && isThread(),
            symbols(),
            watcher::stepped);
    engine.observe(recorder);
    StopReason reason = kernel.run(deadline - engine.instructions());
    recorder.finish(engine);
    engine.observe(null);
    return reason;
  }

  /** Observes the trampoline alone, so that a long function runs at full speed. */
  private StopReason followTrampoline(long deadline, int helper, int helperEnd, Watcher watcher) {
    Engine engine = kernel.engine();
    int[] next = new int[1];
    StepRecorder recorder =
        new StepRecorder(
            address -> true,
            symbols(),
            step -> {
              next[0] = step.address() + step.code().size();
              watcher.stepped(step);
            });
    while (true) {
      engine.observe(recorder);
      StopReason reason = kernel.run(1);
      recorder.finish(engine);
      engine.observe(null);
      if (!(reason instanceof StopReason.InstructionLimit) || engine.instructions() >= deadline) {
        return reason;
      }
      if (engine.get(Register.EIP) != next[0]) { // a call: it returns here, or never
        engine.stopAt(next[0]);
        do {
          reason = kernel.run(deadline - engine.instructions());
        } while (reason instanceof StopReason.Reached && !isThread());
        engine.clearStop(next[0]);
        if (!(reason instanceof StopReason.Reached) || !within(next[0], helper, helperEnd)) {
          return reason;
        }
      }
    }
  }

  private static boolean within(int address, int from, int to) {
    return Integer.compareUnsigned(address, from) >= 0 && Integer.compareUnsigned(address, to) < 0;
  }

  /** Names of the addresses that the thread may call. */
  private Map<String, Integer> symbols() {
    Map<String, Integer> symbols = new HashMap<>();
    for (String name : kernel.image().kernel().globals()) {
      symbols.put(name, kernel.symbol(name));
    }
    symbols.put("fn", function.origin());
    return symbols;
  }

  /** Readies the kernel for being compared with one on Unicorn, see {@link Kernel#markAccessed}. */
  public void forLockstep() {
    kernel.markAccessed();
  }

  private boolean isThread() {
    return birth != null && kernel.current().pid() == birth.pid;
  }

  private void note(KernelEvent event, Watcher watcher) {
    if (event instanceof KernelEvent.CopyThread(TaskStruct child, PtRegs regs)
        && birth == null
        && regs.ebx() == function.origin()) {
      Map<String, Integer> registers = new LinkedHashMap<>();
      for (Field<PtRegs> field : regs.layout().fields()) {
        registers.put(field.name(), regs.get(field));
      }
      ThreadStruct thread = child.thread();
      birth =
          new Birth(
              child.pid(),
              regs.address(),
              registers,
              thread.get(ThreadStruct.ESP0),
              thread.get(ThreadStruct.EIP));
      watcher.born(birth);
    } else if (event instanceof KernelEvent.Exit(TaskStruct task, int code, int onStack)
        && birth != null
        && task.pid() == birth.pid) {
      end = new End(task.pid(), code, onStack);
      watcher.exited(end);
    } else if (event instanceof KernelEvent.PageFault fault) {
      oops |= fault.outcome() == FaultOutcome.OOPS;
    } else if (event instanceof KernelEvent.Trap trap) {
      oops |= trap.outcome() == FaultOutcome.OOPS;
    } else if (event instanceof KernelEvent.Printk(int level, String text) && birth != null) {
      watcher.logged(text);
    }
  }

  /** What copy_thread did for the thread; null before. */
  public Birth birth() {
    return birth;
  }

  /** What do_exit was called with; null if the thread has not got there. */
  public End end() {
    return end;
  }

  /** Whether a bug in the kernel, of which the thread function is a part, has ended a thread. */
  public boolean oops() {
    return oops;
  }
}
