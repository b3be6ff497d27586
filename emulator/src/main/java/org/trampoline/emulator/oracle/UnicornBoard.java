package org.trampoline.emulator.oracle;

import org.trampoline.emulator.cpu.CpuModel;
import org.trampoline.emulator.device.Clock;
import org.trampoline.emulator.device.PicPair;
import org.trampoline.emulator.device.Pit8254;
import org.trampoline.emulator.device.PortBus;

/**
 * Unicorn on as much of a PC's board as a kernel needs that has a timer: 8259s and 8254, the same
 * as on {@link org.trampoline.emulator.device.Pc}. Time is the instructions that Unicorn has
 * completed, so interrupts come where they come on our own machine.
 */
public final class UnicornBoard {
  private UnicornBoard() {}

  /**
   * An engine in the reset state; closing it is all that has to be done in the end.
   *
   * @param memory bytes of RAM, a multiple of 4096
   * @param frequency instructions in a second, in Hz
   * @throws OracleUnavailableException if Unicorn cannot be used here
   */
  public static UnicornEngine open(CpuModel model, long memory, long frequency) {
    PortBus ports = new PortBus();
    UnicornEngine engine = new UnicornEngine(model, memory, ports);
    Clock clock = new Clock(frequency, engine::instructions, () -> {});
    PicPair pics = new PicPair(engine::interruptPin);
    engine.connect(clock, pics);
    pics.claimPorts(ports);
    new Pit8254(clock, pics.line(0)).claimPorts(ports);
    return engine;
  }
}
