package org.trampoline.emulator.device;

import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.fault.MachineStop;

/**
 * A port through which a test program ends the machine: the run stops with {@link
 * StopReason.Exited} and the value written, of any size. The instruction that wrote it counts as
 * not completed.
 */
public final class ExitPort implements Ports {
  @Override
  public int in(int port, int size) {
    return 0;
  }

  @Override
  public void out(int port, int size, int value) {
    throw new MachineStop(new StopReason.Exited(value));
  }
}
