package org.trampoline.bench;

import org.trampoline.emulator.ExecutionEngine;
import org.trampoline.emulator.Machine;
import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.device.Pc;
import org.trampoline.emulator.engine.Register;

/** Our machine. */
final class OurProcessor implements Processor {
  private final Machine machine;

  private OurProcessor(Machine machine) {
    this.machine = machine;
    machine.flatProtectedMode();
  }

  static OurProcessor open(long memory, boolean translate) {
    return new OurProcessor(
        Machine.builder()
            .memory(memory)
            .engine(translate ? ExecutionEngine.TRANSLATOR : ExecutionEngine.INTERPRETER)
            .build());
  }

  /** On the board of a PC. */
  @SuppressWarnings("MustBeClosedChecker") // closing the machine is closing the board
  static OurProcessor openBoard(long memory, boolean translate) {
    return new OurProcessor(
        new Pc(
                Machine.builder()
                    .memory(memory)
                    .engine(translate ? ExecutionEngine.TRANSLATOR : ExecutionEngine.INTERPRETER))
            .machine());
  }

  @Override
  public void load(int physical, byte[] bytes) {
    machine.load(physical, bytes);
  }

  @Override
  public void run(int eip, int edi, int ebx) {
    machine.set(Register.EDI, edi);
    machine.set(Register.EBX, ebx);
    machine.set(Register.EIP, eip);
    StopReason reason = machine.run(Long.MAX_VALUE);
    if (!(reason instanceof StopReason.Halted)) {
      throw new IllegalStateException("the guest program ended with " + reason);
    }
  }

  @Override
  public int result() {
    return machine.get(Register.EAX);
  }

  @Override
  public long instructions() {
    return machine.instructions();
  }

  @Override
  public void close() {
    machine.close();
  }
}
