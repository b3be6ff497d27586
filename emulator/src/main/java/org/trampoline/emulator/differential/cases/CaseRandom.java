package org.trampoline.emulator.differential.cases;

/**
 * The pseudo-random numbers of the cases: SplitMix64 (Steele, Lea and Flood, "Fast splittable
 * pseudorandom number generators", OOPSLA 2014), written out here so that a seed means the same
 * cases on every Java and every machine.
 */
final class CaseRandom {
  private static final long GOLDEN_GAMMA = 0x9e37_79b9_7f4a_7c15L;

  private long state;

  /** Starts the stream that belongs to these numbers. */
  void seed(long seed, long form, long round) {
    state = mix(mix(mix(seed) ^ form) ^ round);
  }

  /** 64 bits. */
  long next() {
    state += GOLDEN_GAMMA;
    return mix(state);
  }

  private static long mix(long z) {
    z = (z ^ z >>> 30) * 0xbf58_476d_1ce4_e5b9L;
    z = (z ^ z >>> 27) * 0x94d0_49bb_1331_11ebL;
    return z ^ z >>> 31;
  }

  /** 64 bits taken from the stream if {@code mask} is -1; 0 and nothing taken if it is 0. */
  long nextIf(long mask) {
    state += GOLDEN_GAMMA & mask;
    return mix(state) & mask;
  }

  /** 32 bits. */
  int bits() {
    return (int) (next() >>> 32);
  }

  /** 32 bits, each set once in four times. */
  int fewBits() {
    int half = bits();
    return half & bits();
  }

  /** 0 to {@code bound} - 1. */
  int below(int bound) {
    return (int) ((next() >>> 32) * bound >>> 32);
  }

  /** True once in {@code n} times. */
  boolean one(int n) {
    return below(n) == 0;
  }
}
