package org.trampoline.emulator.memory;

/**
 * Where there may be write entries to a frame, so that they can be found when the frame becomes a
 * page table or code. Per frame a few are remembered, by linear page and slot, those of a page in
 * several slots as one; they may be out of date. A frame with more goes unrecorded and costs a
 * search.
 */
final class Writers {
  /** In place of the first that is remembered: there are more than can be. */
  private static final int MANY = -1;

  /** Of a slot's number this much is remembered. */
  private static final int SLOTS = 1 << 12;

  /** In place of a slot: any. The last numbers count as any, too, as MANY has to differ. */
  private static final int ANY = SLOTS - 2;

  private static final int ROWS = 4096;

  private static final int PAGE = (1 << 20) - 1;

  /**
   * For pages that are remembered with any slot a bit per slot that may write from there: for each
   * row those whose number is the row's, modulo the number of rows.
   */
  private final long[][] rows = new long[ROWS][];

  private final FrameTable frames;
  private final Slots slots;

  Writers(FrameTable frames, Slots slots) {
    this.frames = frames;
    this.slots = slots;
  }

  private static int writer(int slot, int page) {
    return (Math.min(slot & SLOTS - 1, ANY) << 20 | page) + 1;
  }

  private static int page(int writer) {
    return writer - 1 & PAGE;
  }

  private static int slot(int writer) {
    return writer - 1 >>> 20;
  }

  /** A write entry from {@code page} of a slot to {@code frame} was made. */
  void add(AddressSpace s, int frame, int page, long host) {
    int self = writer(s.id, page);
    int any = writer(ANY, page);
    int same = -1;
    for (int i = 0; i < FrameTable.WRITERS; i++) {
      int known = frames.writer(frame, i);
      if (known == 0) {
        frames.writer(frame, i, self);
        known = self;
      }
      if (known == any) {
        note(s.id, page);
      }
      if (known == self || known == any || known == MANY) {
        return;
      }
      if (page(known) == page) {
        same = i;
      }
    }
    if (replaceStale(frame, self, host, false)) {
      return;
    }
    if (same >= 0 || combined(frame)) {
      combine(frame, page);
      add(s, frame, page, host);
    } else if (!replaceStale(frame, self, host, true)) {
      frames.writer(frame, 0, MANY);
    }
  }

  /** Whether other slots than those that are remembered may have a write entry from this page. */
  boolean isAny(int frame, int page) {
    int any = writer(ANY, page);
    for (int i = 0; i < FrameTable.WRITERS; i++) {
      int known = frames.writer(frame, i);
      if (known == any || known == MANY) {
        return true;
      }
    }
    return false;
  }

  /**
   * Puts a writer in the place of one that is out of date; false if none is.
   *
   * @param all whether to look at those that stand for any slot, too
   */
  private boolean replaceStale(int frame, int by, long host, boolean all) {
    for (int i = 0; i < FrameTable.WRITERS; i++) {
      int known = frames.writer(frame, i);
      if ((all || slot(known) != ANY) && !writes(known, host)) {
        frames.writer(frame, i, by);
        return true;
      }
    }
    return false;
  }

  private boolean writes(int writer, long host) {
    int page = page(writer);
    for (int id = next(writer, 0); id >= 0; id = next(writer, id + 1)) {
      if (writes(slots.get(id), page, host)) {
        return true;
      }
    }
    return false;
  }

  /** Number of the first slot from one on that a writer may stand for, or -1. */
  private int next(int writer, int from) {
    int id = slot(writer);
    if (id == ANY) {
      return noted(page(writer), from);
    }
    while (id < from) {
      id += SLOTS;
    }
    return id < slots.made() ? id : -1;
  }

  private void note(int slot, int page) {
    int r = page & ROWS - 1;
    int word = slot >>> 6;
    if (rows[r] == null || rows[r].length <= word) {
      long[] row = new long[(slots.made() >>> 6) + 1];
      if (rows[r] != null) {
        System.arraycopy(rows[r], 0, row, 0, rows[r].length);
      }
      rows[r] = row;
    }
    rows[r][word] |= 1L << slot;
  }

  private int noted(int page, int from) {
    long[] row = rows[page & ROWS - 1];
    for (int i = from >>> 6; row != null && i < row.length; i++) {
      long bits = i == from >>> 6 ? row[i] & -1L << from : row[i];
      if (bits != 0) {
        return (i << 6) + Long.numberOfTrailingZeros(bits);
      }
    }
    return -1;
  }

  /** Remembers all of a page as one, if there are any. */
  private void combine(int frame, int page) {
    int any = writer(ANY, page);
    int kept = 0;
    boolean there = false;
    for (int i = 0; i < FrameTable.WRITERS; i++) {
      int known = frames.writer(frame, i);
      frames.writer(frame, i, 0);
      if (known == 0 || page(known) != page) {
        frames.writer(frame, kept, known);
        kept += known == 0 ? 0 : 1;
        continue;
      }
      for (int id = next(known, 0); known != any && id >= 0; id = next(known, id + 1)) {
        note(id, page);
      }
      if (!there) {
        there = true;
        frames.writer(frame, kept++, any);
      }
    }
  }

  /** Combines those of a page that has several; false if none has. */
  private boolean combined(int frame) {
    for (int i = 1; i < FrameTable.WRITERS; i++) {
      for (int j = 0; j < i; j++) {
        int page = page(frames.writer(frame, i));
        if (page(frames.writer(frame, j)) == page) {
          combine(frame, page);
          return true;
        }
      }
    }
    return false;
  }

  private static boolean writes(AddressSpace s, int page, long host) {
    for (int map = 0; map < AddressSpace.MAPS; map++) {
      if (isForWrites(map) && writes(s, map, page, host)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isForWrites(int map) {
    int inView = map % AddressSpace.USER_VIEW;
    return inView == AddressSpace.WRITE || inView == AddressSpace.BESIDE_CODE;
  }

  private static boolean writes(AddressSpace s, int map, int page, long host) {
    return s.live && s.get(map, page) == host - ((long) page << 12);
  }

  /** Clears all write entries to a frame, whose host address is {@code host}. */
  void purge(int frame, long host) {
    if (frames.writer(frame, 0) == MANY) {
      for (int i = 0; i < slots.live(); i++) {
        search(slots.live(i), host);
      }
    } else {
      for (int i = 0; i < FrameTable.WRITERS && frames.writer(frame, i) != 0; i++) {
        purgeOne(frames.writer(frame, i), host);
      }
    }
    for (int i = 0; i < FrameTable.WRITERS; i++) {
      frames.writer(frame, i, 0);
    }
  }

  private void purgeOne(int writer, long host) {
    for (int id = next(writer, 0); id >= 0; id = next(writer, id + 1)) {
      purge(slots.get(id), page(writer), host);
    }
  }

  private static void search(AddressSpace s, long host) {
    for (int r = s.nextJoined(0); r >= 0; r = s.nextJoined(r + 1)) {
      for (int map = 0; map < AddressSpace.MAPS; map++) {
        if (isForWrites(map)) {
          s.dropTo(host, map, r);
        }
      }
    }
  }

  private static void purge(AddressSpace s, int page, long host) {
    for (int map = 0; map < AddressSpace.MAPS; map++) {
      if (isForWrites(map) && writes(s, map, page, host)) {
        s.drop(map, page);
      }
    }
  }
}
