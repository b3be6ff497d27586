package org.trampoline.emulator.engine;

/** An embedder's own treatment of {@code int n}, such as system calls, instead of the guest's. */
@FunctionalInterface
public interface InterruptHandler {
  /**
   * {@code int n}, {@code int3} or {@code into} was executed; eip is that of the next instruction.
   *
   * @return true to go on at eip, as the handler has left it; false to deliver the interrupt
   */
  boolean handle(int vector);
}
