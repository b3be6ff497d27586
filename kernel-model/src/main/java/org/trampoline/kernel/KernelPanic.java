package org.trampoline.kernel;

/**
 * The kernel cannot go on (kernel/panic.c). Thrown by a host function, it ends the run; callers of
 * {@link Kernel#run} find the message in {@link Kernel#panicMessage}.
 */
public final class KernelPanic extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A panic with Linux's words. */
  public KernelPanic(String message) {
    super(message, null, false, false);
  }
}
