package org.trampoline.kernel;

/** Is told what happens in the kernel. */
@FunctionalInterface
public interface KernelListener {
  /**
   * Something happened.
   *
   * @param time instructions completed since the machine was made
   */
  void event(long time, KernelEvent event);

  /**
   * Something happened that pictures and traces show, but that is no part of the stream of events.
   *
   * @param time instructions completed since the machine was made
   */
  default void detail(long time, KernelEvent event) {}
}
