package org.trampoline.kernel.arch;

import org.trampoline.kernel.HostFunctions;
import org.trampoline.kernel.Kernel;
import org.trampoline.kernel.layout.KernelMemory;

/**
 * What an APM BIOS tells of the machine's power (APM 1.2, Get PM Event): in the model that somebody
 * has written an event number into {@code apm_bios_event}.
 */
public final class ApmBios {
  private static final int APM_NO_EVENTS = 0x80;
  private static final int LAST_EVENT = 6;

  private final KernelMemory memory;
  private final Kernel kernel;

  /** The BIOS of a kernel's machine. */
  public ApmBios(Kernel kernel) {
    this.kernel = kernel;
    memory = kernel.memory();
  }

  /** Offers the function that the guest calls. */
  public void link(HostFunctions functions) {
    functions.add("apm_get_event", call -> call.returns(next()));
  }

  /** 1 standby, 2 suspend, 5 low battery, 6 power status; each is told once. */
  private int next() {
    int at = kernel.symbol("apm_bios_event");
    int event = memory.read(at);
    memory.write(at, 0);
    return event < 1 || event > LAST_EVENT ? APM_NO_EVENTS : event;
  }
}
