package org.trampoline.emulator.translate;

/**
 * How it is found out which blocks are frequent: where the budget of an entry ends is a matter of
 * chance. Results do not depend on it.
 *
 * @param entryLimit instructions of one entry at most, from 64 to 2^30: who asks for a stop waits
 *     for its end
 * @param samples how often the budget has to end at a block that counts as frequent, 1 or more
 */
public record Sampling(int entryLimit, int samples) {
  /** Unless told. */
  public static final Sampling USUAL = new Sampling(1 << 19, 4);

  public Sampling {
    if (entryLimit < BlockTranslator.LIMIT || entryLimit > 1 << 30 || samples < 1) {
      throw new IllegalArgumentException(
          "%d samples of entries of %d instructions".formatted(samples, entryLimit));
    }
  }
}
