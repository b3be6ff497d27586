package org.trampoline.emulator.memory;

import java.util.Arrays;

/** One set-associative cache of a {@link TlbModel}. */
final class TlbArray {
  static final int WRITABLE = PageWalk.WRITABLE;
  static final int USER = PageWalk.USER;
  static final int DIRTY = PageWalk.DIRTY;
  static final int GLOBAL = PageWalk.GLOBAL;
  static final int EXECUTABLE = 0x200;

  private final int ways;
  private final int setMask;

  /** Page number in units of the page's size, twice, plus 1 for a large page; -1 is invalid. */
  private final int[] tag;

  /** First frame of the page. */
  private final int[] frame;

  private final int[] flags;
  private final long[] used;
  private long time;

  TlbArray(TlbGeometry.Shape shape) {
    ways = shape.ways();
    setMask = shape.entries() / ways - 1;
    tag = new int[shape.entries()];
    frame = new int[shape.entries()];
    flags = new int[shape.entries()];
    used = new long[shape.entries()];
    Arrays.fill(tag, -1);
  }

  /** The tag of a page: {@code page} is its linear address divided by its size. */
  static int tag(int page, boolean large) {
    return page << 1 | (large ? 1 : 0);
  }

  /** Index of the entry with a tag, or -1. */
  int find(int wanted) {
    int first = (wanted >>> 1 & setMask) * ways;
    for (int i = first; i < first + ways; i++) {
      if (tag[i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  /** Makes an entry the most recently used of its set. */
  void use(int entry) {
    used[entry] = ++time;
  }

  boolean isLarge(int entry) {
    return (tag[entry] & 1) != 0;
  }

  int frame(int entry) {
    return frame[entry];
  }

  int flags(int entry) {
    return flags[entry];
  }

  void flags(int entry, int value) {
    flags[entry] = value;
  }

  /**
   * Puts in a translation, in place of the one with the same tag, an invalid entry, or the least
   * recently used; true if a valid one had to go.
   */
  boolean put(int newTag, int newFrame, int newFlags) {
    int entry = find(newTag);
    boolean evicts = false;
    if (entry < 0) {
      int first = (newTag >>> 1 & setMask) * ways;
      entry = first;
      for (int i = first; i < first + ways && tag[entry] != -1; i++) {
        if (tag[i] == -1 || used[i] < used[entry]) {
          entry = i;
        }
      }
      evicts = tag[entry] != -1;
    }
    tag[entry] = newTag;
    frame[entry] = newFrame;
    flags[entry] = newFlags;
    use(entry);
    return evicts;
  }

  void drop(int unwanted) {
    int entry = find(unwanted);
    if (entry >= 0) {
      tag[entry] = -1;
    }
  }

  /** Drops all entries, or all but those with the global flag. */
  void flush(boolean globalToo) {
    for (int i = 0; i < tag.length; i++) {
      if (globalToo || (flags[i] & GLOBAL) == 0) {
        tag[i] = -1;
      }
    }
  }
}
