package org.trampoline.emulator.oracle;

/** Unicorn refused a call: the message says which and why. */
public final class UnicornException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final UnicornError error;

  UnicornException(UnicornError error, String call) {
    super("Unicorn: " + call + ": " + error.text());
    this.error = error;
  }

  /** The reason the library gave. */
  public UnicornError error() {
    return error;
  }
}
