package org.trampoline.emulator.engine;

/**
 * A function of the host that stands at a guest address. It runs when execution arrives there,
 * before the instruction at that address (usually a {@code ret}) executes, and may change registers
 * and memory through the engine.
 */
@FunctionalInterface
public interface HostCall {
  /**
   * @param address linear address execution has arrived at
   */
  void call(Engine engine, int address);
}
