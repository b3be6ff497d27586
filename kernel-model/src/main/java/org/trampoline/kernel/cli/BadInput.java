package org.trampoline.kernel.cli;

/** Something the user gave cannot be used; its message is the one line that says what and why. */
public final class BadInput extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public BadInput(String message) {
    super(message);
  }
}
