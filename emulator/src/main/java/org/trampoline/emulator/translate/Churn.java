package org.trampoline.emulator.translate;

/**
 * Whether translation is worth its while. Code that changes all the time, or the segments that it
 * runs in, is translated for a few executions: the interpreter is faster then. It has its turn for
 * a while, for a longer one each time that nothing has changed.
 */
final class Churn {
  /** Blocks between two judgements. */
  private static final int WINDOW = 4096;

  /** Instructions per block below which it was not worth it. */
  private static final int WORTH = 64;

  private static final int SHORTEST = 1 << 17;
  private static final int LONGEST = 1 << 23;

  private int translated;
  private long lost;
  private long begun;
  private int pause = SHORTEST;
  private long until;

  /** Blocks have become useless that were not to make room for others. */
  void lost(int blocks) {
    lost += blocks;
  }

  /** A block has been translated, when the processor had completed so many instructions. */
  void translated(long instructions) {
    if (++translated < WINDOW) {
      return;
    }
    if (lost >= WINDOW / 2 && instructions - begun < (long) WORTH * WINDOW) {
      until = instructions + pause;
      pause = Math.min(2 * pause, LONGEST);
    } else {
      pause = SHORTEST;
    }
    translated = 0;
    lost = 0;
    begun = Math.max(instructions, until);
  }

  /** The count of instructions up to which the interpreter has its turn. */
  long interpretUntil() {
    return until;
  }
}
