package org.trampoline.emulator.memory;

/** What an access to a physical address does where there is no memory and no device. */
public enum AbsentMemory {
  /**
   * The machine stops with {@link org.trampoline.emulator.StopReason.NoMemory}: right for snippets
   * and models, where such an access is a mistake.
   */
  STOP,
  /** Reads give all ones, writes vanish, as on a PC: firmware and kernels probe for memory so. */
  OPEN_BUS
}
