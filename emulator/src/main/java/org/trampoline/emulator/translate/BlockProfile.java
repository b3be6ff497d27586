package org.trampoline.emulator.translate;

import java.util.HashSet;
import java.util.Set;

/**
 * What has been learned from the running of blocks about how they are better translated. A block
 * about which there is something to learn is dropped, and translated anew when it is needed again.
 */
final class BlockProfile {
  /** How often a block may be left by {@link Exit#SHARED} within so many instructions. */
  private static final int APART_LIMIT = 32;

  private static final int APART_INSTRUCTIONS = 100_000;

  /** Blocks known to be better off if translated otherwise, at most. */
  private static final int NOTED_BLOCKS = 4096;

  /**
   * Of how many times the budget has to end at a block that counts as frequent: what shares the
   * time with hundreds of others only gets larger.
   */
  private static final int SAMPLES_TOGETHER = 512;

  private final CodeCache cache;

  /** Host addresses of blocks whose accesses are probed one by one. */
  private final Set<Long> apart = new HashSet<>();

  /** Host addresses of blocks that are executed often. */
  private final Set<Long> frequent = new HashSet<>();

  /** How often the budget was used up. */
  private long samples;

  private final int samplesOfFrequent;

  BlockProfile(CodeCache cache, int samples) {
    this.cache = cache;
    samplesOfFrequent = samples;
  }

  /** Whether accesses in the block at a host address shall be probed one by one. */
  boolean apart(long host) {
    return !apart.isEmpty() && apart.contains(host);
  }

  /** Whether the block at a host address is executed often. */
  boolean frequent(long host) {
    return !frequent.isEmpty() && frequent.contains(host);
  }

  /**
   * A probe for several accesses has failed. A block that is left too often for that gets a probe
   * for each.
   *
   * @param block null if it is not known any more
   * @param instructions the processor's count
   */
  void sharedProbeFailed(TranslatedBlock block, long instructions) {
    if (block == null) {
      return;
    }
    if (instructions - block.apartAt > APART_INSTRUCTIONS) {
      block.apart = 0;
    }
    block.apartAt = instructions;
    if (++block.apart == APART_LIMIT) {
      translateAnew(block, apart);
    }
  }

  /**
   * The budget was used up. Where is a matter of chance, so it tells which blocks are frequent.
   *
   * @param block the one that would have been next; null if it is not known
   */
  void budgetUsedUp(TranslatedBlock block) {
    samples++;
    if (block == null || !block.extensible) {
      return;
    }
    if (samples - block.sampledFrom > SAMPLES_TOGETHER) {
      block.sampledFrom = samples;
      block.samples = 0;
    }
    if (++block.samples == samplesOfFrequent) {
      translateAnew(block, frequent);
    }
  }

  private void translateAnew(TranslatedBlock block, Set<Long> blocks) {
    if (blocks.size() == NOTED_BLOCKS) {
      blocks.clear();
    }
    blocks.add(block.host);
    cache.drop(block);
  }
}
