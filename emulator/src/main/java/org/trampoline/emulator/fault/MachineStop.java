package org.trampoline.emulator.fault;

import org.trampoline.emulator.StopReason;

/** Ends the run from inside an instruction; caught by the engine, never seen by a caller. */
public final class MachineStop extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient StopReason reason;

  public MachineStop(StopReason reason) {
    super(reason.toString(), null, false, false);
    this.reason = reason;
  }

  public StopReason reason() {
    return reason;
  }
}
