package org.trampoline.emulator.device;

import java.util.function.IntConsumer;
import org.trampoline.emulator.snapshot.StatePart;

/**
 * A 16550A serial port (National Semiconductor PC16550D): eight ports from its base, COM1's being
 * 3F8H with interrupt request 4.
 *
 * <p>What is transmitted leaves at once, so the transmitter is always empty; only the receiver's
 * time-out takes as long as the programmed speed says. Parity and break do not occur. A line is
 * always connected: CTS, DSR and DCD are on.
 */
public final class Uart16550 implements ByteDevice, StatePart {
  private static final int FIFO = 16;

  /** So many reads of the line status in succession are polling. */
  private static final int POLLING = 64;

  private static final int[] TRIGGER = {1, 4, 8, 14};

  /** The baud-rate generator's clock, 16 of whose periods, times the divisor, make a bit. */
  private static final long CLOCK = 1_843_200;

  private static final int DIVISOR_LATCH = 0x80; // in LCR

  // interrupt enables
  private static final int RECEIVED = 1;
  private static final int TRANSMITTER_EMPTY = 2;
  private static final int LINE_STATUS = 4;
  private static final int MODEM_STATUS = 8;

  // LSR
  private static final int DATA_READY = 1;
  private static final int OVERRUN = 2;
  private static final int EMPTY = 0x60;

  // MCR
  private static final int OUT2 = 8;
  private static final int LOOPBACK = 0x10;

  private final Clock clock;
  private final IrqLine irq;
  private final IntConsumer transmitted;
  private final Clock.Timer timeout;

  private final int[] fifo = new int[FIFO];
  private int first;
  private int held;
  private boolean fifoEnabled;
  private int trigger = 1;
  private boolean timedOut;

  private int enables;
  private int lineControl;
  private int modemControl;
  private int overrun;
  private int modem = 0xb0;
  private int modemDelta;
  private int scratch;
  private int divisor = 12;
  private boolean emptyPending;

  /** How often the line status was read since anything else was done. */
  private int polls;

  /**
   * @param transmitted takes each byte that the guest sends
   */
  public Uart16550(Clock clock, IrqLine irq, IntConsumer transmitted) {
    this.clock = clock;
    this.irq = irq;
    this.transmitted = transmitted;
    timeout = clock.timer(this::timeOut, () -> irq.mayInterrupt() && enabled(RECEIVED));
  }

  /**
   * Whether software waits for input: by an interrupt, or by reading the line status again and
   * again.
   */
  boolean listens() {
    return enabled(RECEIVED) || polls >= POLLING;
  }

  /** How many bytes can be received now without being lost. */
  public int room() {
    return (fifoEnabled ? FIFO : 1) - held;
  }

  /** Whether a byte that is received now may interrupt the processor. */
  public boolean receiptMayInterrupt() {
    return irq.mayInterrupt() && enabled(RECEIVED);
  }

  /** A byte arrives at the line. Without room it is lost, and the guest sees an overrun. */
  public void receive(int value) {
    if ((modemControl & LOOPBACK) == 0) {
      enter(value & 0xff);
      update();
    }
  }

  private void enter(int value) {
    if (room() <= 0) {
      overrun = OVERRUN;
      if (!fifoEnabled) {
        fifo[first] = value; // the holding register is overwritten, the FIFO is not
      }
      return;
    }
    fifo[first + held & FIFO - 1] = value;
    held++;
    startTimeout();
  }

  /** Four characters of ten bits without traffic end in the FIFO's time-out interrupt. */
  private void startTimeout() {
    timedOut = false;
    if (fifoEnabled && held > 0) {
      long bits = 4L * 10 * 16 * (divisor == 0 ? 0x1_0000 : divisor);
      timeout.start(clock.now() + clock.cyclesAt(bits, CLOCK));
    } else {
      timeout.stop();
    }
  }

  private void timeOut() {
    timedOut = held > 0;
    update();
  }

  private boolean enabled(int interrupt) {
    return (enables & interrupt) != 0 && (modemControl & (OUT2 | LOOPBACK)) == OUT2;
  }

  /** The pending interrupt of the highest priority, as IIR shows it. */
  private int identification() {
    if ((enables & LINE_STATUS) != 0 && overrun != 0) {
      return 6;
    }
    if ((enables & RECEIVED) != 0 && held >= (fifoEnabled ? trigger : 1)) {
      return 4;
    }
    if ((enables & RECEIVED) != 0 && timedOut) {
      return 12;
    }
    if ((enables & TRANSMITTER_EMPTY) != 0 && emptyPending) {
      return 2;
    }
    return (enables & MODEM_STATUS) != 0 && modemDelta != 0 ? 0 : 1;
  }

  private void update() {
    irq.set(identification() != 1 && (modemControl & (OUT2 | LOOPBACK)) == OUT2);
  }

  @Override
  public int in(int port) {
    polls = (port & 7) == 5 ? Math.min(polls + 1, POLLING) : 0;
    boolean latch = (lineControl & DIVISOR_LATCH) != 0;
    int value =
        switch (port & 7) {
          case 0 -> latch ? divisor & 0xff : received();
          case 1 -> latch ? divisor >> 8 : enables;
          case 2 -> identify();
          case 3 -> lineControl;
          case 4 -> modemControl;
          case 5 -> lineStatus();
          case 6 -> modemStatus();
          default -> scratch;
        };
    update();
    return value;
  }

  private int received() {
    int value = fifo[first];
    if (held > 0) {
      held--;
      first = first + 1 & FIFO - 1;
      startTimeout();
    }
    return value;
  }

  private int identify() {
    int identification = identification();
    if (identification == 2) {
      emptyPending = false; // reading it as the source resets it
    }
    return identification | (fifoEnabled ? 0xc0 : 0);
  }

  private int lineStatus() {
    int value = EMPTY | overrun | (held > 0 ? DATA_READY : 0);
    overrun = 0;
    return value;
  }

  private int modemStatus() {
    int value = modem | modemDelta;
    modemDelta = 0;
    return value;
  }

  @Override
  public void out(int port, int value) {
    polls = 0;
    boolean latch = (lineControl & DIVISOR_LATCH) != 0;
    switch (port & 7) {
      case 0 -> {
        if (latch) {
          divisor = divisor & 0xff00 | value;
        } else {
          transmit(value);
        }
      }
      case 1 -> {
        if (latch) {
          divisor = divisor & 0xff | value << 8;
        } else {
          emptyPending |= (value & ~enables & TRANSMITTER_EMPTY) != 0;
          enables = value & 0xf;
        }
      }
      case 2 -> fifoControl(value);
      case 3 -> lineControl = value;
      case 4 -> {
        modemControl = value & 0x1f;
        modemLines();
      }
      case 7 -> scratch = value;
      default -> {} // LSR and MSR are for reading
    }
    update();
  }

  private void transmit(int value) {
    emptyPending = false;
    update(); // the interrupt ends and begins anew
    if ((modemControl & LOOPBACK) != 0) {
      enter(value);
    } else {
      transmitted.accept(value);
    }
    emptyPending = true;
  }

  private void fifoControl(int value) {
    boolean enable = (value & 1) != 0;
    if (enable != fifoEnabled || enable && (value & 2) != 0) {
      held = 0;
      timedOut = false;
      timeout.stop();
    }
    fifoEnabled = enable;
    trigger = enable ? TRIGGER[value >> 6] : 1;
  }

  /** In loopback mode the modem's inputs are what the outputs say. */
  private void modemLines() {
    int lines = 0xb0;
    if ((modemControl & LOOPBACK) != 0) {
      lines = (modemControl & 1) << 5 | (modemControl & 2) << 3 | (modemControl & 0xc) << 4;
    }
    int changed = lines ^ modem;
    modemDelta |= changed >> 4 & 0xb | (changed & modem) >> 4 & 4; // RI counts when it ends
    modem = lines;
  }
}
