package org.trampoline.emulator.translate;

import java.util.Arrays;
import java.util.Locale;

/** What a translator has done, for people who want to know where the time goes. */
public final class TranslatorStatistics {
  long blocks;
  long instructionsTranslated;
  long nanosTranslating;
  long links;
  long dropped;
  long flushes;
  long executed;
  long entries;
  int codeBytes;
  final long[] exits = new long[Exit.values().length];

  /** Blocks translated. */
  public long blocks() {
    return blocks;
  }

  /** Instructions completed within translated code. */
  public long executed() {
    return executed;
  }

  /** Jumps patched to lead directly to another block. */
  public long links() {
    return links;
  }

  /** Times that all code was forgotten because there was no room. */
  public long flushes() {
    return flushes;
  }

  /** Bytes of host code in use. */
  public int codeBytes() {
    return codeBytes;
  }

  /**
   * A table for people.
   *
   * @param instructions all that were completed
   */
  public String describe(long instructions) {
    StringBuilder text = new StringBuilder();
    line(text, "blocks translated", blocks);
    line(text, "instructions translated", instructionsTranslated);
    line(text, "microseconds translating", nanosTranslating / 1000);
    line(text, "bytes of host code", codeBytes);
    line(text, "links between blocks", links);
    line(text, "blocks dropped", dropped);
    line(text, "code cache emptied", flushes);
    line(text, "entries", entries);
    line(text, "instructions in host code", executed);
    if (instructions > 0) {
      text.append(
          "  %-30s %14.2f %%%n"
              .formatted("share of all", 100.0 * executed / instructions)
              .replace(',', '.'));
    }
    for (Exit exit : Exit.values()) {
      line(text, "exits: " + exit.name().toLowerCase(Locale.ROOT), exits[exit.ordinal()]);
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String name, long value) {
    text.append("  %-30s %14d%n".formatted(name, value));
  }

  /** Exits so far, of all kinds. */
  public long allExits() {
    return Arrays.stream(exits).sum();
  }
}
