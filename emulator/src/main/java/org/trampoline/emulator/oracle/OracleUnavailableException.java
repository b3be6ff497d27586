package org.trampoline.emulator.oracle;

/**
 * An oracle cannot be used on this machine. The message is one line that names the oracle and says
 * why, fit to be shown to a user as it stands.
 */
public final class OracleUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param reason one line: which oracle, what is missing, how to provide it
   */
  public OracleUnavailableException(String reason) {
    super(reason);
  }
}
