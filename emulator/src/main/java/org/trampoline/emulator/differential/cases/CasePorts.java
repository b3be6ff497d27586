package org.trampoline.emulator.differential.cases;

import org.trampoline.emulator.device.Ports;

/**
 * Ports for engines that are compared: they remember in a number all that was said to them since
 * the case began, and answer with it.
 */
public final class CasePorts implements Ports {
  private int talk;

  /** Forgets all. */
  void begin() {
    talk = 1;
  }

  /** The number. */
  int talk() {
    return talk;
  }

  @Override
  public int in(int port, int size) {
    out(port, size, 0);
    return talk;
  }

  @Override
  public void out(int port, int size, int value) {
    int relevant = size == 4 ? value : value & (1 << 8 * size) - 1;
    talk = 31 * (31 * (31 * talk + port) + size) + relevant;
  }
}
