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
}
