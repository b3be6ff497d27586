package org.trampoline.emulator.device;

import java.util.function.BooleanSupplier;

/**
 * Feeds a serial port from a source of bytes, as fast as the guest takes them and not before it
 * listens: a driver that starts up throws away what has come early. Looks at the source once a
 * millisecond of virtual time, so what is in a file comes at the same instructions in each run.
 */
public final class SerialInput {
  /** Where the bytes come from. */
  @FunctionalInterface
  public interface Source {
    /** Nothing is there now. */
    int NOTHING = -1;

    /** Nothing will come any more. */
    int END = -2;

    /**
     * The next byte, 0–255, or {@link #NOTHING} or {@link #END}.
     *
     * @param idle the guest waits for it, so the source may wait a moment, too
     */
    int next(boolean idle);
  }

  private static final int LOOKS_PER_SECOND = 1000;

  private final Clock clock;
  private final Uart16550 uart;
  private final Source source;
  private final BooleanSupplier idle;
  private final Clock.Timer timer;
  private boolean ended;

  /**
   * @param idle whether the processor is halted
   */
  public SerialInput(Clock clock, Uart16550 uart, Source source, BooleanSupplier idle) {
    this.clock = clock;
    this.uart = uart;
    this.source = source;
    this.idle = idle;
    timer = clock.timer(this::look, () -> !ended && uart.receiptMayInterrupt());
    timer.start(clock.now());
  }

  private void look() {
    while (!ended && uart.listens() && uart.room() > 0) {
      int value = source.next(idle.getAsBoolean());
      ended = value == Source.END;
      if (value < 0) {
        break;
      }
      uart.receive(value);
    }
    if (!ended) {
      timer.start(clock.now() + clock.frequency() / LOOKS_PER_SECOND);
    }
  }
}
