package org.trampoline.emulator.memory;

/**
 * How many address-space slots a machine may have, and how much of the host's memory they may hold.
 * Results do not depend on it, only what it costs to switch between many address spaces.
 *
 * @param slots slots at most, 1 to 16384; two for each processor there are in any case
 * @param bytes of memory at most; if the current ones alone need more, they are emptied, too
 */
public record SlotLimits(int slots, long bytes) {
  /** Slots that a machine may have at all. */
  public static final int MOST_SLOTS = 16384;

  private static final long LEAST_BYTES = 256L << 20;
  private static final long MOST_BYTES = 512L << 20;

  /**
   * Unless told: all slots, if the host's memory is taken only as it is used, and an eighth of the
   * largest Java heap, from 256 to 512 MB. A process that touches four pages takes 50 KB.
   */
  public static final SlotLimits USUAL =
      new SlotLimits(
          HostMemory.isSparse() ? MOST_SLOTS : 128,
          Math.clamp(Runtime.getRuntime().maxMemory() / 8, LEAST_BYTES, MOST_BYTES));

  public SlotLimits {
    if (slots < 1 || slots > MOST_SLOTS || bytes < 0) {
      throw new IllegalArgumentException(
          "%d address-space slots with %d bytes".formatted(slots, bytes));
    }
  }
}
