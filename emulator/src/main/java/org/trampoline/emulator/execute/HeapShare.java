package org.trampoline.emulator.execute;

/**
 * How much of the Java heap may go to what is derived from guest code, so that no guest exhausts
 * it: a 32nd for the interpreter of each processor, and as much for its translator.
 */
public final class HeapShare {
  private static final int SHARES = 32;
  private static final int LEAST = 4096;

  private HeapShare() {}

  /**
   * How many things fit into a share.
   *
   * @param most that are of use in a large heap
   * @param bytes that each of them takes, about
   */
  public static int of(int most, int bytes) {
    return of(most, bytes, Runtime.getRuntime().maxMemory());
  }

  static int of(int most, int bytes, long heap) {
    return (int) Math.max(LEAST, Math.min(most, heap / SHARES / bytes));
  }
}
