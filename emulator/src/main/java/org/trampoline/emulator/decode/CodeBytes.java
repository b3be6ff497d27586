package org.trampoline.emulator.decode;

/** Where the decoder takes instruction bytes from. */
@FunctionalInterface
public interface CodeBytes {
  /**
   * The byte at {@code offset} (0–14) from the start of the instruction, 0–255. An implementation
   * that fetches through paging may throw its fault from here; the decoder lets it pass.
   */
  int at(int offset);
}
