package org.trampoline.emulator.device;

import java.util.function.Consumer;
import org.trampoline.emulator.snapshot.StatePart;

/**
 * The two 8259As of a PC, the slave at input 2 of the master: interrupt requests 0–15. Master at
 * ports 20H and 21H, slave at A0H and A1H, edge/level registers at 4D0H and 4D1H.
 */
public final class PicPair implements InterruptController, StatePart {
  private static final int CASCADE = 2;

  private final Pic8259 master;
  private final Pic8259 slave;
  private final IrqLine[] lines = new IrqLine[16];

  /**
   * @param intr the processor's INTR pin, and nothing else: accesses are {@linkplain
   *     Ports#selfContained self-contained}
   */
  public PicPair(Consumer<Boolean> intr) {
    master =
        new Pic8259(
            new IrqLine() {
              @Override
              public void set(boolean high) {
                intr.accept(high);
              }

              @Override
              public boolean mayInterrupt() {
                return true;
              }
            },
            0xf8);
    IrqLine cascade = new Line(master, CASCADE);
    slave = new Pic8259(cascade, 0xde);
    for (int i = 0; i < 16; i++) {
      lines[i] = i < 8 ? new Line(master, i) : new SlaveLine(i - 8, cascade);
    }
  }

  /** Puts the chips at their ports. */
  public void claimPorts(PortBus bus) {
    bus.claim(0x20, 2, master);
    bus.claim(0xa0, 2, slave);
    bus.claim(0x4d0, 2, new EdgeLevel());
  }

  /** The wire of an interrupt request, 0–15 without 2. */
  public IrqLine line(int irq) {
    return lines[irq];
  }

  /** Whether they ask for an interrupt. */
  boolean interrupts() {
    return master.requests();
  }

  public void reset() {
    slave.reset();
    master.reset();
  }

  @Override
  public int acknowledge() {
    int level = master.acknowledge();
    if (level == Pic8259.NONE || !master.cascades(level)) {
      return master.vector(level);
    }
    // the master leaves the bus to the slave that has this identity
    return level == CASCADE && slave.slaveId() == CASCADE
        ? slave.vector(slave.acknowledge())
        : InterruptController.NONE.acknowledge();
  }

  @Override
  public boolean selfContained() {
    return true;
  }

  private static class Line implements IrqLine {
    private final Pic8259 chip;
    private final int level;

    Line(Pic8259 chip, int level) {
      this.chip = chip;
      this.level = level;
    }

    @Override
    public void set(boolean high) {
      chip.line(level, high);
    }

    @Override
    public boolean mayInterrupt() {
      return chip.mayRequest(level);
    }

    @Override
    public boolean selfContained() {
      return true;
    }
  }

  private final class SlaveLine extends Line {
    private final IrqLine cascade;

    SlaveLine(int level, IrqLine cascade) {
      super(slave, level);
      this.cascade = cascade;
    }

    @Override
    public boolean mayInterrupt() {
      return super.mayInterrupt() && cascade.mayInterrupt();
    }
  }

  private final class EdgeLevel implements ByteDevice {
    @Override
    public int in(int port) {
      return ((port & 1) == 0 ? master : slave).edgeLevel();
    }

    @Override
    public void out(int port, int value) {
      ((port & 1) == 0 ? master : slave).edgeLevel(value);
    }
  }
}
