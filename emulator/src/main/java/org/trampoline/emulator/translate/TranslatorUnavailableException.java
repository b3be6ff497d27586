package org.trampoline.emulator.translate;

/** Code cannot be emitted on this host; the message says why. The interpreter runs everywhere. */
public final class TranslatorUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TranslatorUnavailableException(String message) {
    super(message);
  }
}
