package org.trampoline.emulator.memory;

/**
 * Which linear pages may have write entries to a frame, so that they can be found when the frame
 * becomes a page table or code. Per frame a few pages are remembered, whatever the address space;
 * they may be out of date. A frame with more goes unrecorded and costs a search.
 */
final class Writers {
  /** In place of the first remembered page: there are more than can be remembered. */
  private static final int MANY = -1;

  private final FrameTable frames;

  Writers(FrameTable frames) {
    this.frames = frames;
  }

  /** A write entry from {@code page} to {@code frame} was made. */
  void add(AddressSpace[] slots, int frame, int page, long host) {
    int first = frames.writer(frame, 0);
    if (first == page + 1 || first == MANY) {
      return;
    }
    for (int i = 0; i < FrameTable.WRITERS; i++) {
      int known = frames.writer(frame, i);
      if (known == page + 1) {
        return;
      }
      if (known == 0) {
        frames.writer(frame, i, page + 1);
        return;
      }
    }
    for (int i = 0; i < FrameTable.WRITERS; i++) {
      if (!writes(slots, frames.writer(frame, i) - 1, host)) {
        frames.writer(frame, i, page + 1);
        return;
      }
    }
    frames.writer(frame, 0, MANY);
  }

  private static boolean writes(AddressSpace[] slots, int page, long host) {
    for (AddressSpace s : slots) {
      for (int map = 0; s != null && map < AddressSpace.MAPS; map++) {
        if (isForWrites(map) && writes(s, map, page, host)) {
          return true;
        }
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
  void purge(AddressSpace[] slots, int frame, long host) {
    if (frames.writer(frame, 0) == MANY) {
      for (AddressSpace s : slots) {
        if (s != null && s.live) {
          search(s, host);
        }
      }
    } else {
      for (int i = 0; i < FrameTable.WRITERS && frames.writer(frame, i) != 0; i++) {
        for (AddressSpace s : slots) {
          if (s != null && s.live) {
            purge(s, frames.writer(frame, i) - 1, host);
          }
        }
      }
    }
    for (int i = 0; i < FrameTable.WRITERS; i++) {
      frames.writer(frame, i, 0);
    }
  }

  private static void search(AddressSpace s, long host) {
    for (int r = s.nextJoined(0);
        r >= 0;
        r = r + 1 < AddressSpace.REGIONS ? s.nextJoined(r + 1) : -1) {
      int end = s.page(r + 1, 0);
      for (int page = s.page(r, 0); page < end; page++) {
        purge(s, page, host);
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
