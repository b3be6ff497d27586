package org.trampoline.emulator.device;

/** A wire from a device to an interrupt controller. */
public interface IrqLine {
  /** Not connected. */
  IrqLine NONE =
      new IrqLine() {
        @Override
        public void set(boolean high) {}

        @Override
        public boolean mayInterrupt() {
          return false;
        }
      };

  /** Raises or lowers it; setting the level it has does nothing. */
  void set(boolean high);

  /** Whether a rising edge now would reach the processor, were its interrupts enabled. */
  boolean mayInterrupt();

  /** Whether setting it stays among devices, as {@link Ports#selfContained} says. */
  default boolean selfContained() {
    return false;
  }
}
