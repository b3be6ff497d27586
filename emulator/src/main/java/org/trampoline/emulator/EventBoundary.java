package org.trampoline.emulator;

import org.trampoline.emulator.cpu.Cpu;
import org.trampoline.emulator.execute.Interpreter;
import org.trampoline.emulator.fault.GuestFault;

/** What a machine does between instructions: delivers faults, takes interrupts, ends at HLT. */
final class EventBoundary implements Interpreter.Boundary {
  private final Machine machine;

  EventBoundary(Machine machine) {
    this.machine = machine;
  }

  @Override
  public StopReason events(Cpu c) {
    if (c.halted) {
      c.halted = false;
      return new StopReason.Halted();
    }
    c.eventsPending = false;
    return null;
  }

  @Override
  public void deliver(Cpu c, GuestFault fault) {
    throw new org.trampoline.emulator.fault.MachineStop(
        new StopReason.Fault(fault.vector, fault.errorCode, fault.linear));
  }
}
