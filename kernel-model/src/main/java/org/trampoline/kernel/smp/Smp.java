package org.trampoline.kernel.smp;

import org.trampoline.kernel.Call;
import org.trampoline.kernel.HostFunctions;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.KernelEvent;
import org.trampoline.kernel.fork.Fork;
import org.trampoline.kernel.layout.KernelMemory;
import org.trampoline.kernel.sched.TaskStruct;

/**
 * The processors of a kernel with CONFIG_SMP, and the interrupts that they send each other (Linux:
 * arch/i386/kernel/smp.c, smpboot.c).
 */
public final class Smp {
  /** The interrupts of include/asm-i386/mach-default/irq_vectors.h. */
  public static final int RESCHEDULE_VECTOR = 0xfc;

  public static final int INVALIDATE_TLB_VECTOR = 0xfd;
  public static final int CALL_FUNCTION_VECTOR = 0xfb;
  public static final int LOCAL_TIMER_VECTOR = 0xef;

  private static final int APIC = 0xfee0_0000;
  private static final int APIC_ICR = APIC + 0x300;
  private static final int APIC_ICR2 = APIC + 0x310;
  private static final int APIC_DEST_LOGICAL = 0x800;

  private final Kernel kernel;
  private final KernelMemory memory;

  /** The processors of a kernel. */
  public Smp(Kernel kernel) {
    this.kernel = kernel;
    memory = kernel.memory();
  }

  /** Offers the functions that the guest calls; all fastcall. */
  public void link(HostFunctions functions, Fork fork) {
    functions.add(
        "find_smp_config",
        call -> memory.write(kernel.symbol("phys_cpu_present_map"), MpTable.present(memory)));
    functions.add("fork_idle", call -> call.returns(forkIdle(call.eax(), fork)));
    functions.add(
        "trace_cpu_up", call -> kernel.emit(new KernelEvent.CpuUp(kernel.engine().processor())));
    functions.add("send_IPI_mask", this::sendIpiMask);
  }

  /**
   * {@code fork_idle(cpu)}: a thread with pid 0 that nobody finds; it runs when nobody else can.
   */
  private int forkIdle(int cpu, Fork fork) {
    int task = fork.idle();
    if (Integer.compareUnsigned(task, -4096) < 0) {
      kernel.sched().initIdle(new TaskStruct(memory, task), cpu);
    }
    return task;
  }

  /** {@code cpu_online_map}: a bit for each processor that works. */
  public int online() {
    return memory.read(kernel.symbol("cpu_online_map"));
  }

  private void sendIpiMask(Call call) {
    send(call.eax(), call.edx());
  }

  /** {@code send_IPI_mask}: to each processor with a bit, by its logical address. */
  private void send(int mask, int vector) {
    if (kernel.listened()) {
      kernel.emit(new KernelEvent.Ipi(kernel.current(), mask, vector));
    }
    kernel.engine().writeBus(APIC_ICR2, mask << 24);
    kernel.engine().writeBus(APIC_ICR, APIC_DEST_LOGICAL | vector);
  }

  /** {@code smp_send_reschedule}: has a processor look at need_resched. */
  public void sendReschedule(int cpu) {
    send(1 << cpu, RESCHEDULE_VECTOR);
  }

  /** What the interrupt of a vector is called. */
  public static String name(int vector) {
    return switch (vector) {
      case RESCHEDULE_VECTOR -> "reschedule";
      case INVALIDATE_TLB_VECTOR -> "invalidate TLB";
      case CALL_FUNCTION_VECTOR -> "call function";
      default -> "vector " + vector;
    };
  }
}
