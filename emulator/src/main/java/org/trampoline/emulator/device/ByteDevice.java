package org.trampoline.emulator.device;

/**
 * A chip with an 8-bit data bus: wider accesses reach it a byte at a time, the lowest port first.
 */
public interface ByteDevice extends Ports {
  /** Reads a port; only the low 8 bits count. */
  int in(int port);

  /**
   * @param value 0–255
   */
  void out(int port, int value);

  @Override
  default int in(int port, int size) {
    int value = 0;
    for (int i = 0; i < size; i++) {
      value |= (in(port + i) & 0xff) << 8 * i;
    }
    return value;
  }

  @Override
  default void out(int port, int size, int value) {
    for (int i = 0; i < size; i++) {
      out(port + i, value >>> 8 * i & 0xff);
    }
  }
}
