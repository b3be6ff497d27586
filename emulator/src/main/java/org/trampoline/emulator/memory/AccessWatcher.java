package org.trampoline.emulator.memory;

/** Told of every access to linear memory that succeeded, in the order they happen. */
public interface AccessWatcher {
  /**
   * @param bytes 1, 2, 4 or 8; a wider access is told in pieces
   * @param value what was read, zero-extended
   */
  void read(int linear, int bytes, long value);

  /**
   * @param value what was written; bits above {@code bytes} mean nothing
   */
  void written(int linear, int bytes, long value);
}
