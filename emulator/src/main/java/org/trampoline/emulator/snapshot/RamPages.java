package org.trampoline.emulator.snapshot;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import org.trampoline.emulator.memory.PhysicalMemory;

/** A copy of RAM, without the pages that are all zeros. */
final class RamPages {
  private static final int PAGE = 4096;

  private final Map<Integer, byte[]> pages = new HashMap<>();

  RamPages(PhysicalMemory memory) {
    for (int page = 0; page < memory.size() / PAGE; page++) {
      MemorySegment slice = slice(memory, page);
      if (!isZero(slice)) {
        pages.put(page, slice.toArray(ValueLayout.JAVA_BYTE));
      }
    }
  }

  private static MemorySegment slice(PhysicalMemory memory, int page) {
    return memory.ram().asSlice((long) page * PAGE, PAGE);
  }

  private static boolean isZero(MemorySegment page) {
    for (int i = 0; i < PAGE; i += 8) {
      if (page.get(ValueLayout.JAVA_LONG, i) != 0) {
        return false;
      }
    }
    return true;
  }

  /** Writes back the pages that have changed since. */
  void restore(PhysicalMemory memory) {
    for (int page = 0; page < memory.size() / PAGE; page++) {
      MemorySegment slice = slice(memory, page);
      byte[] saved = pages.get(page);
      if (saved == null ? isZero(slice) : slice.mismatch(MemorySegment.ofArray(saved)) < 0) {
        continue;
      }
      if (saved == null) {
        slice.fill((byte) 0);
      } else {
        slice.copyFrom(MemorySegment.ofArray(saved));
      }
      memory.written(page * PAGE, PAGE);
    }
  }

  /** Bytes that the copy takes. */
  long size() {
    return (long) pages.size() * PAGE;
  }
}
