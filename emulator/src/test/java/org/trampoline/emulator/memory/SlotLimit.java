package org.trampoline.emulator.memory;

import org.trampoline.emulator.Machine;

/**
 * Lets a machine have few address-space slots, so that guests with few page tables recycle them.
 */
public final class SlotLimit {
  private SlotLimit() {}

  /**
   * Sets the limit of a machine that has not run yet.
   *
   * @param slots more than it has processors
   */
  public static void set(Machine machine, int slots) {
    machine.cpu().memory.spaces().slotsAtMost(slots);
  }
}
