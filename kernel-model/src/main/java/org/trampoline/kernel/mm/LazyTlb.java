package org.trampoline.kernel.mm;

import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.sched.RunQueue;
import org.trampoline.kernel.sched.TaskStruct;

/**
 * Which page directory a task runs on (Linux: context_switch in kernel/sched.c,
 * include/asm-i386/mmu_context.h). A task without memory of its own goes on with its predecessor's.
 */
public final class LazyTlb {
  private final Kernel kernel;
  private final KernelMemory memory;
  private boolean disabled;

  /** The address spaces of a kernel's tasks. */
  public LazyTlb(Kernel kernel) {
    this.kernel = kernel;
    memory = kernel.memory();
  }

  /**
   * For comparison only: without it every kernel thread runs on swapper_pg_dir, and each switch
   * between it and a process costs a CR3 load.
   */
  public void disable() {
    disabled = true;
  }

  /**
   * The part of {@code context_switch} that is about memory.
   *
   * @return physical address of the page directory to load, 0 for none
   */
  public int contextSwitch(RunQueue rq, TaskStruct prev, TaskStruct next) {
    int old = prev.get(TaskStruct.ACTIVE_MM);
    int mm = next.get(TaskStruct.MM);
    int directory = 0;
    if (mm != 0) {
      directory = switchMm(old, mm, next);
    } else if (disabled) {
      int initMm = kernel.symbol("init_mm");
      next.set(TaskStruct.ACTIVE_MM, initMm);
      new MmStruct(memory, initMm).add(MmStruct.MM_COUNT, 1);
      directory = switchMm(old, initMm, next);
    } else {
      next.set(TaskStruct.ACTIVE_MM, old);
      new MmStruct(memory, old).add(MmStruct.MM_COUNT, 1);
      if (kernel.isSmp()) {
        kernel.tlbFlush().enterLazy();
      }
      if (kernel.listened()) {
        kernel.emit(new KernelEvent.LazyTlb(next, old));
      }
    }
    if (prev.get(TaskStruct.MM) == 0) {
      prev.set(TaskStruct.ACTIVE_MM, 0);
      rq.set(RunQueue.PREV_MM, old);
    }
    return directory;
  }

  /** {@code activate_mm}: from a borrowed address space, or the one before exec, to the own one. */
  public void activate(int old, int mm, TaskStruct task) {
    switchMm(old, mm, task);
  }

  /** {@code switch_mm}. */
  private int switchMm(int old, int mm, TaskStruct task) {
    MmStruct next = new MmStruct(memory, mm);
    if (kernel.isSmp()) {
      if (!kernel.tlbFlush().switchTo(new MmStruct(memory, old), next)) {
        return 0;
      }
    } else if (old == mm) {
      return 0;
    } else {
      int cpu = 1 << task.cpu();
      new MmStruct(memory, old).clearBits(MmStruct.CPU_VM_MASK, cpu);
      next.setBits(MmStruct.CPU_VM_MASK, cpu);
    }
    int directory = next.pageDirectory();
    if (kernel.listened()) {
      kernel.emit(new KernelEvent.LoadCr3(task, directory));
    }
    return directory;
  }
}
