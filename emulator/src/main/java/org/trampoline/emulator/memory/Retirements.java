package org.trampoline.emulator.memory;

/**
 * The page directories that slots have ceased to stand for, so that who has looked one up by itself
 * ({@link Mmu#spaceEpoch}) knows what to look up anew. They are numbered from 0 on; the last
 * {@value #KNOWN} are known.
 */
public final class Retirements {
  private static final int KNOWN = 1024;

  /** In a ring. */
  private final int[] frames = new int[KNOWN];

  private long count;

  Retirements() {}

  void add(int frame) {
    frames[(int) count++ & KNOWN - 1] = frame;
  }

  /** How many there have been. */
  public long count() {
    return count;
  }

  /** Whether all from one on are known. */
  public boolean knowsSince(long number) {
    return number >= count - KNOWN;
  }

  /** Page frame of a directory, as CR3 may name it; any number if there was none. */
  public int frame(long number) {
    return frames[(int) number & KNOWN - 1];
  }
}
