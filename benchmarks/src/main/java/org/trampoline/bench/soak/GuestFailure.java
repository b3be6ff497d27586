package org.trampoline.bench.soak;

/** A guest of a long run has a wrong result or ended. */
public final class GuestFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  GuestFailure(String message) {
    super(message);
  }
}
