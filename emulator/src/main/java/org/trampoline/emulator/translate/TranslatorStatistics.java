package org.trampoline.emulator.translate;

import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.trampoline.emulator.decode.Operation;

/** What a translator has done, for people who want to know where the time goes. */
public final class TranslatorStatistics {
  /** Operations listed at most. */
  private static final int LISTED = 16;

  long blocks;
  long extendedBlocks;
  long loopBlocks;
  long instructionsTranslated;
  long nanosTranslating;
  long links;
  long dropped;
  long flushes;
  long executed;
  long entries;
  long faults;
  long interrupts;
  int codeBytes;
  int codeLimit;
  boolean separate;
  final long[] exits = new long[Exit.values().length];

  /** Instructions that the shared semantics or the interpreter did, by operation. */
  private final long[] left = new long[Operation.values().length];

  /** Blocks translated. */
  public long blocks() {
    return blocks;
  }

  /** Those among them that go on behind conditional jumps, as frequent ones do. */
  public long extendedBlocks() {
    return extendedBlocks;
  }

  /** Those that are loops which go round without probes. */
  public long loopBlocks() {
    return loopBlocks;
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

  /** Page faults delivered without the interpreter. */
  public long faults() {
    return faults;
  }

  /** Interrupts that ended HLT and were delivered without the interpreter. */
  public long interrupts() {
    return interrupts;
  }

  /** Bytes of host code in use. */
  public int codeBytes() {
    return codeBytes;
  }

  void left(Operation operation) {
    left[operation.ordinal()]++;
  }

  /**
   * A table for people.
   *
   * @param instructions all that were completed
   */
  public String describe(long instructions) {
    StringBuilder text = new StringBuilder();
    line(text, "blocks translated", blocks);
    line(text, "of them with side exits", extendedBlocks);
    line(text, "of them loops without probes", loopBlocks);
    line(text, "instructions translated", instructionsTranslated);
    line(text, "microseconds translating", nanosTranslating / 1000);
    line(text, "bytes of host code", codeBytes);
    line(text, "of at most", codeLimit);
    text.append("  %-30s %14s%n".formatted("writable and executable", separate ? "never" : "yes"));
    line(text, "chains between blocks", links);
    line(text, "blocks dropped", dropped);
    line(text, "code cache emptied", flushes);
    line(text, "entries", entries);
    line(text, "page faults without Java", faults);
    line(text, "interrupts out of hlt", interrupts);
    line(text, "instructions in host code", executed);
    if (instructions > 0) {
      double share = 100.0 * executed / instructions;
      text.append(String.format(Locale.ROOT, "  %-30s %14.2f %%%n", "share of all", share));
    }
    exitsByCause().forEach((cause, count) -> line(text, "exits: " + cause, count));
    IntStream.range(0, left.length)
        .filter(i -> left[i] > 0)
        .boxed()
        .sorted(Comparator.comparingLong(i -> -left[i]))
        .limit(LISTED)
        .forEach(
            i ->
                line(
                    text,
                    "left: " + Operation.values()[i].name().toLowerCase(Locale.ROOT),
                    left[i]));
    return text.toString();
  }

  private static void line(StringBuilder text, String name, long value) {
    text.append("  %-30s %14d%n".formatted(name, value));
  }

  /** Exits so far, by the name of their cause. */
  public Map<String, Long> exitsByCause() {
    Map<String, Long> causes = new LinkedHashMap<>();
    for (Exit exit : Exit.values()) {
      causes.put(exit.name().toLowerCase(Locale.ROOT), exits[exit.ordinal()]);
    }
    return causes;
  }

  /** Exits so far, of all kinds. */
  public long allExits() {
    return Arrays.stream(exits).sum();
  }
}
