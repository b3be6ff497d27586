package org.trampoline.emulator.device;

/** What asserts the processor's INTR pin, as the processor sees it (SDM vol. 3, 6.3.1). */
@FunctionalInterface
public interface InterruptController {
  /** Nothing is connected: the data bus floats high, as on a PC without a controller. */
  InterruptController NONE = () -> 0xff;

  /**
   * The interrupt-acknowledge cycle: takes the request that INTR stands for, and lowers {@code
   * Cpu.interruptLine} if there is no other.
   *
   * @return its vector, 0–255
   */
  int acknowledge();

  /** Whether that stays among devices, as {@link Ports#selfContained} says. */
  default boolean selfContained() {
    return false;
  }
}
