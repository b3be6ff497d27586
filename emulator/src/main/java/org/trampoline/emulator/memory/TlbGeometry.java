package org.trampoline.emulator.memory;

/**
 * The translation caches of a processor, for a {@link TlbModel}. Replacement is least recently used
 * within a set; the set is chosen by the low bits of the page number.
 *
 * @param name for people
 * @param instruction entries for instruction fetches
 * @param instructionLarge entries for fetches from large pages; null if {@code instruction} holds
 *     pages of both sizes
 * @param data entries for data accesses
 * @param dataLarge entries for data in large pages; null if {@code data} holds pages of both sizes
 * @param second entries of any kind, looked up when the first level misses; null if there is no
 *     second level
 */
public record TlbGeometry(
    String name,
    Shape instruction,
    Shape instructionLarge,
    Shape data,
    Shape dataLarge,
    Shape second) {

  /**
   * One cache.
   *
   * @param entries a power of two, at most 65536
   * @param ways a power of two, at most {@code entries}
   */
  public record Shape(int entries, int ways) {
    public Shape {
      if (!powerOfTwo(entries) || !powerOfTwo(ways) || entries > 65536 || ways > entries) {
        throw new IllegalArgumentException(
            "TLB of "
                + entries
                + " entries in "
                + ways
                + " ways: expected powers of two, no more ways than entries");
      }
    }

    private static boolean powerOfTwo(int n) {
      return n > 0 && Integer.bitCount(n) == 1;
    }
  }

  /** Pentium III (SDM vol. 2, CPUID leaf 2: descriptors 01H–04H). */
  public static final TlbGeometry PENTIUM3 =
      new TlbGeometry(
          "pentium3", new Shape(32, 4), new Shape(2, 2), new Shape(64, 4), new Shape(8, 4), null);

  /** Pentium 4 (descriptors 51H and 5BH). */
  public static final TlbGeometry PENTIUM4 =
      new TlbGeometry("pentium4", new Shape(128, 128), null, new Shape(64, 64), null, null);

  /** A first level of 64 entries for each kind and a common second one of 512. */
  public static final TlbGeometry TWO_LEVEL =
      new TlbGeometry(
          "two-level", new Shape(64, 4), null, new Shape(64, 4), null, new Shape(512, 4));
}
