package org.trampoline.kernel.scenario;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.trampoline.asm.AssembledCode;
import org.trampoline.asm.Source;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.Observer;
import org.trampoline.emulator.engine.Register;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.KernelEvent.FaultOutcome;
import org.trampoline.kernel.Vmlinux;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.mm.MmStruct;
import org.trampoline.kernel.sched.TaskStruct;

/**
 * PAGE_OFFSET as paging enforces it: a kernel thread and a process, in kernel mode and in ring 3,
 * read below and above it. Nothing is said of an access but what the machine did: its registers if
 * it succeeded, what do_page_fault found in CR2 and on the stack if not.
 */
public final class PageOffset implements Scenario {
  /** A system call that no Linux of the time has. */
  private static final int NR_PROBE = 288;

  private final Kernel kernel;
  private final Set<Integer> probes = new HashSet<>();
  private final List<Access> accesses = new ArrayList<>();
  private final Watcher watcher = new Watcher();

  /**
   * An access and what came of it.
   *
   * @param pid whose
   * @param comm its name
   * @param kernelThread whether its mm is NULL
   * @param ring privilege level, 0 or 3
   * @param memory whose page directory was in use: {@code swapper_pg_dir}, {@code own}, {@code
   *     borrowed}
   * @param address linear
   * @param value what was read; 0 if it faulted
   * @param fault what do_page_fault was given; null if it succeeded
   */
  public record Access(
      int pid,
      String comm,
      boolean kernelThread,
      int ring,
      String memory,
      int address,
      int value,
      PageFault fault) {}

  /**
   * A page fault as it arrived at do_page_fault.
   *
   * @param cr2 the address that the processor reports
   * @param errorCode as pushed
   */
  public record PageFault(int cr2, int errorCode, FaultOutcome outcome) {}

  /**
   * Loads the kernel and the scenario.
   *
   * @param engine a machine that is as RESET leaves it
   */
  public PageOffset(Engine engine, Vmlinux image) {
    kernel = new Kernel(engine, image);
    Map<String, Integer> symbols = Map.of("NR_PROBE", NR_PROBE);
    AssembledCode code = kernel.load(Resources.source("page-offset.S"), symbols);
    Source probe = Resources.source("probe.S");
    AssembledCode program = kernel.addProgram("/bin/probe", probe, symbols);
    kernel.addInitcall(code.symbol("page_offset"));
    probes.add(kernel.symbol("__get_kernel_word_access"));
    probes.add(program.symbol("probe_text"));
    probes.add(program.symbol("probe_kernel"));
    kernel.listen((time, event) -> watcher.event(event));
  }

  @Override
  public Kernel kernel() {
    return kernel;
  }

  @Override
  public StopReason run(long limit) {
    kernel.engine().observe(watcher);
    try {
      return kernel.run(limit);
    } finally {
      kernel.engine().observe(null);
    }
  }

  /** The accesses in the order in which they were made. */
  public List<Access> accesses() {
    return List.copyOf(accesses);
  }

  /** Sees each probing instruction begin, and then the next instruction or a fault. */
  private final class Watcher implements Observer {
    private Access begun;
    private boolean faulted;
    private int processor;

    @Override
    public void instruction(Engine engine, int address) {
      if (begun != null && processor != engine.processor()) {
        return;
      }
      if (begun != null && !faulted) {
        finish(engine.get(Register.ECX), null);
      }
      if (probes.contains(address)) {
        begun = begin(engine);
        processor = engine.processor();
        faulted = false;
      }
    }

    @Override
    public void fault(Engine engine, int vector, int errorCode, int linear) {
      faulted |= begun != null && processor == engine.processor();
    }

    void event(KernelEvent event) {
      if (begun != null && event instanceof KernelEvent.PageFault fault) {
        finish(0, new PageFault(fault.address(), fault.errorCode(), fault.outcome()));
      }
    }

    private void finish(int value, PageFault fault) {
      accesses.add(
          new Access(
              begun.pid,
              begun.comm,
              begun.kernelThread,
              begun.ring,
              begun.memory,
              begun.address,
              value,
              fault));
      begun = null;
    }

    private Access begin(Engine engine) {
      int ring = engine.get(Register.CS) & 3;
      TaskStruct task = kernel.sched().running();
      int mm = task.get(TaskStruct.MM);
      int cr3 = engine.get(Register.CR3);
      String memory;
      if (KernelMemory.virtual(cr3) == kernel.symbol("swapper_pg_dir")) {
        memory = "swapper_pg_dir";
      } else if (mm != 0 && new MmStruct(kernel.memory(), mm).pageDirectory() == cr3) {
        memory = "own";
      } else {
        memory = "borrowed";
      }
      int address = engine.get(Register.EAX);
      return new Access(task.pid(), task.comm(), mm == 0, ring, memory, address, 0, null);
    }
  }
}
