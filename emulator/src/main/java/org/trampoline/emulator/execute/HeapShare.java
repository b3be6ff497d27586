package org.trampoline.emulator.execute;

/**
 * How much of the Java heap may go to what is derived from guest code, so that no guest exhausts
 * it: an eighth for the interpreter of the first processor and as much for its translator, a 64th
 * for those of each further one.
 */
public final class HeapShare {
  private static final int FIRST = 8;
  private static final int FURTHER = 64;
  private static final int LEAST = 4096;

  private HeapShare() {}

  /**
   * How many things fit into a share.
   *
   * @param most that are of use in a large heap
   * @param bytes that each of them takes, about
   * @param processor from 0
   */
  public static int of(int most, int bytes, int processor) {
    return of(most, bytes, processor, Runtime.getRuntime().maxMemory());
  }

  static int of(int most, int bytes, int processor, long heap) {
    return (int) Math.max(LEAST, Math.min(most, heap / (processor == 0 ? FIRST : FURTHER) / bytes));
  }
}
