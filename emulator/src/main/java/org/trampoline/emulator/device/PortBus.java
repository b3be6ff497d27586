package org.trampoline.emulator.device;

import java.util.Arrays;

/**
 * The I/O space of a board: devices claim ports in it. An access that touches ports of different
 * owners is split into bytes; unclaimed ports read as all ones, and writes to them vanish.
 */
public final class PortBus implements Ports {
  private static final int PORTS = 0x1_0000;

  private final Ports[] owners = new Ports[PORTS];
  private Ports watcher;

  public PortBus() {
    Arrays.fill(owners, Ports.NONE);
  }

  /**
   * Gives ports to a device, taking them from who had them; {@link Ports#NONE} frees them.
   *
   * @throws IllegalArgumentException if they are not all in 0–65535
   */
  public void claim(int first, int count, Ports device) {
    if (first < 0 || count < 1 || first + count > PORTS) {
      throw new IllegalArgumentException(
          "%d ports from 0x%x: expected ports in 0 to 0xffff".formatted(count, first));
    }
    Arrays.fill(owners, first, first + count, device);
  }

  /** Whose port it is; {@link Ports#NONE} if nobody's. */
  public Ports owner(int port) {
    return owners[port];
  }

  /** Shows each write to somebody, before the device gets it; null for nobody. */
  public void watch(Ports watcher) {
    this.watcher = watcher;
  }

  @Override
  public int in(int port, int size) {
    if (whole(port, size)) {
      return owners[port].in(port, size);
    }
    int value = 0;
    for (int i = 0; i < size; i++) {
      int at = port + i & PORTS - 1;
      value |= (owners[at].in(at, 1) & 0xff) << 8 * i;
    }
    return value;
  }

  @Override
  public void out(int port, int size, int value) {
    if (watcher != null) {
      watcher.out(port, size, value);
    }
    if (whole(port, size)) {
      owners[port].out(port, size, value);
      return;
    }
    for (int i = 0; i < size; i++) {
      int at = port + i & PORTS - 1;
      owners[at].out(at, 1, value >>> 8 * i & 0xff);
    }
  }

  @Override
  public boolean selfContained(int port) {
    return watcher == null && owners[port].selfContained(port);
  }

  /** Whether one owner has all ports of an access. */
  @SuppressWarnings("ReferenceEquality") // the same chip is meant
  private boolean whole(int port, int size) {
    if (port + size > PORTS) {
      return false;
    }
    for (int i = 1; i < size; i++) {
      if (owners[port + i] != owners[port]) {
        return false;
      }
    }
    return true;
  }
}
