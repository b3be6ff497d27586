package org.trampoline.emulator.image;

import org.trampoline.emulator.device.Pc;

/** Something that can be put into the memory of a new {@link Pc} and started. */
public interface Image {
  /**
   * Puts it into memory and the processor at its start.
   *
   * @throws BadImage if it does not fit
   */
  void load(Pc pc);
}
