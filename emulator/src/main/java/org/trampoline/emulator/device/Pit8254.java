package org.trampoline.emulator.device;

import org.trampoline.emulator.snapshot.StatePart;

/**
 * The 8254 Programmable Interval Timer (Intel 231164) of a PC, ports 40H–43H, clocked at 1,193,182
 * Hz, and what the board connects to it in port 61H: counter 0 makes IRQ 0, counter 1 timed the
 * refresh of memory, counter 2 the loudspeaker, with its gate and output in port 61H.
 */
public final class Pit8254 implements ByteDevice, StatePart {
  /** Its clock: a third of NTSC's colour subcarrier. */
  public static final long FREQUENCY = 1_193_182;

  private static final int PORT_B = 0x61;

  /** Ticks from one refresh of memory to the next, as BIOSes program counter 1. */
  private static final int REFRESH = 18;

  private final Clock clock;
  private final IrqLine irq0;
  private final Clock.Timer timer;
  private final PitCounter[] counters = {
    new PitCounter(true), new PitCounter(true), new PitCounter(false)
  };
  private final Ports portB = new PortB();
  private int portBBits;

  /** The next change of counter 0's output: the tick, and the first cycle at which it has come. */
  private long changeTick;

  private long changeCycle = -1;

  /**
   * @param irq0 output of counter 0
   */
  public Pit8254(Clock clock, IrqLine irq0) {
    this.clock = clock;
    this.irq0 = irq0;
    timer = clock.timer(this::outputChanged, irq0::mayInterrupt);
    timer.selfContained(irq0.selfContained());
    outputChanged();
  }

  /** Puts the chip and port 61H at their ports. */
  public void claimPorts(PortBus bus) {
    bus.claim(0x40, 4, this);
    bus.claim(PORT_B, 1, portB);
  }

  private long now() {
    return clock.ticks(clock.now(), FREQUENCY);
  }

  /** Shows the output of counter 0, and plans its next change. */
  private void outputChanged() {
    long cycle = clock.now();
    // where a tick is a cycle at least, none has passed since
    boolean asPlanned = cycle == changeCycle && clock.frequency() >= FREQUENCY;
    long now = asPlanned ? changeTick : clock.ticks(cycle, FREQUENCY);
    irq0.set(counters[0].out(now));
    long change = counters[0].change(now);
    if (change == PitCounter.NEVER) {
      timer.stop();
    } else {
      changeTick = change;
      changeCycle = clock.cyclesAt(change, FREQUENCY);
      timer.start(changeCycle);
    }
  }

  /** The level of a counter's output. */
  public boolean output(int counter) {
    return counters[counter].out(now());
  }

  @Override
  public int in(int port) {
    int number = port & 3;
    return number == 3 ? 0xff : counters[number].read(now());
  }

  @Override
  public void out(int port, int value) {
    int number = port & 3;
    if (number != 3) {
      counters[number].write(value, now());
    } else {
      number = value >> 6;
      if (number == 3) {
        readBack(value);
        return;
      }
      if ((value & 0x30) == 0) {
        counters[number].latchCount(now());
        return;
      }
      counters[number].control(value);
    }
    if (number == 0) {
      outputChanged();
    }
  }

  @Override
  public boolean selfContained(int port) {
    return irq0.selfContained();
  }

  private void readBack(int command) {
    for (int i = 0; i < 3; i++) {
      if ((command & 2 << i) != 0) {
        if ((command & 0x20) == 0) {
          counters[i].latchCount(now());
        }
        if ((command & 0x10) == 0) {
          counters[i].latchStatus(now());
        }
      }
    }
  }

  /** Port 61H: system control port B of the AT. */
  private final class PortB implements ByteDevice {
    @Override
    public int in(int port) {
      long now = now();
      return portBBits | (now / REFRESH % 2 == 0 ? 0 : 0x10) | (counters[2].out(now) ? 0x20 : 0);
    }

    @Override
    public void out(int port, int value) {
      portBBits = value & 0xf;
      counters[2].gate((value & 1) != 0, now());
    }
  }
}
