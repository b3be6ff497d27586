package org.trampoline.emulator.device;

import org.trampoline.emulator.StopReason;
import org.trampoline.emulator.fault.MachineStop;
import org.trampoline.emulator.memory.PhysicalMemory;
import org.trampoline.emulator.snapshot.StatePart;

/**
 * System control port A of the PS/2, 92H, which most PCs have: gate of address line 20 and fast
 * reset, two wires that the keyboard controller drives, too. The last one to set the gate decides.
 */
public final class SystemControl implements ByteDevice, StatePart {
  private static final int PORT = 0x92;
  private static final int RESET = 1;
  private static final int A20 = 2;

  private final PhysicalMemory memory;
  private int bits;

  public SystemControl(PhysicalMemory memory) {
    this.memory = memory;
  }

  /** Puts it at its port. */
  public void claimPorts(PortBus bus) {
    bus.claim(PORT, 1, this);
  }

  boolean a20() {
    return memory.a20();
  }

  void a20(boolean open) {
    memory.setA20(open);
  }

  /**
   * Resets the processor: the run ends, and the board decides what comes next.
   *
   * @throws MachineStop with {@link StopReason.Reset}
   */
  @SuppressWarnings("DoNotCallSuggester") // called by chips that can reset the processor
  void reset() {
    throw new MachineStop(new StopReason.Reset());
  }

  @Override
  public int in(int port) {
    return bits & ~A20 | (a20() ? A20 : 0);
  }

  @Override
  public void out(int port, int value) {
    boolean rises = (value & ~bits & RESET) != 0;
    bits = value & 0xfc | value & RESET;
    a20((value & A20) != 0);
    if (rises) {
      bits &= ~RESET;
      reset();
    }
  }
}
