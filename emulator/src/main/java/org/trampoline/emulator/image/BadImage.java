package org.trampoline.emulator.image;

/** A file is not what its kind has to be; the message says in one line what is wrong with it. */
public final class BadImage extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public BadImage(String message) {
    super(message);
  }
}
