package org.trampoline.emulator.engine;

/** What can be watched on any engine. Registers read through the engine are exact in each call. */
public interface Observer {
  /**
   * The instruction at linear address {@code address} is about to execute. If the observer sets eip
   * to another address, execution goes on there instead.
   */
  default void instruction(Engine engine, int address) {}

  /** The running instruction has written {@code size} bytes (1–16) of {@code value} at linear. */
  default void memoryWrite(Engine engine, int linear, int size, long value) {}

  /**
   * As {@link #memoryWrite}, from an engine that only knows where in physical memory the store goes
   * (Unicorn): it calls this instead, before the store. Where the store crosses a page, the rest
   * lies in the page that the next linear page is mapped to.
   *
   * @param size 1, 2, 4 or 8; wider stores come in pieces
   */
  default void physicalWrite(Engine engine, int physical, int size, long value) {}

  /** The running instruction has read {@code size} bytes at linear. */
  default void memoryRead(Engine engine, int linear, int size, long value) {}

  /**
   * An exception is about to be delivered; eip is that of the instruction it belongs to.
   *
   * @param linear the faulting address of a page fault, else 0
   */
  default void fault(Engine engine, int vector, int errorCode, int linear) {}

  /** An external interrupt or {@code int n} is about to be delivered. */
  default void interrupt(Engine engine, int vector) {}
}
