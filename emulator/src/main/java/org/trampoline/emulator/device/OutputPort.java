package org.trampoline.emulator.device;

import java.util.function.IntConsumer;

/**
 * A port that a program writes bytes to for somebody outside: POST codes at 80H, text at the debug
 * port 402H of BIOSes for virtual machines. Reading gives a constant.
 */
public final class OutputPort implements ByteDevice {
  private final int constant;
  private final IntConsumer listener;

  /**
   * @param constant what a read returns, 0–255
   * @param listener takes each byte
   */
  public OutputPort(int constant, IntConsumer listener) {
    this.constant = constant;
    this.listener = listener;
  }

  @Override
  public int in(int port) {
    return constant;
  }

  @Override
  public void out(int port, int value) {
    listener.accept(value);
  }
}
