package org.trampoline.asm;

/**
 * The Keystone engine is not to be had: its library was not found, could not be loaded or knows no
 * x86. The message is one line that says what was looked for and where.
 */
public final class KeystoneUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * A missing engine.
   *
   * @param message one line for the user
   */
  public KeystoneUnavailableException(String message) {
    super(message);
  }
}
