package org.trampoline.emulator.memory;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Memory where the JVM denies native access: ranges of one private mapping of an empty temporary
 * file, of which the host supplies a page on first touch. What is written never reaches the file. A
 * single mapping, so that {@link Host} finds by address what lies in it.
 *
 * <p>A range is free for others once its arena is closed, but its pages stay with the process, and
 * segments of it do not notice the end of the arena.
 */
final class SparseMemory {
  /** Bytes of the mapping; a host that does not allow so much is asked for half, and so on. */
  private static final long MOST = 16L << 30;

  private static final long LEAST = 256L << 20;
  private static final int PAGE = 4096;
  private static final MemorySegment ZEROS = MemorySegment.ofArray(new byte[PAGE]);

  /** The whole mapping; null if the host allows none. */
  static final MemorySegment ALL = map();

  /** Ranges that have been handed out, in the order of their offsets. */
  private static final List<Range> RANGES = new ArrayList<>();

  /** No byte from here on has ever been part of a range. */
  private static long fresh;

  private record Range(long start, long end, MemorySegment.Scope scope) {}

  private SparseMemory() {}

  /** Host address of the mapping. */
  static long base() {
    return ALL == null ? 0 : ALL.address();
  }

  /**
   * Allocates zeroed bytes from the start of a page on.
   *
   * @throws IllegalStateException if there is no room for them
   */
  static synchronized MemorySegment allocate(Arena arena, long size) {
    if (ALL == null) {
      throw new IllegalStateException(
          NativeAccess.DENIED + "; without it guest memory needs a folder for temporary files");
    }
    RANGES.removeIf(range -> !range.scope.isAlive());
    long whole = size + PAGE - 1 & -PAGE;
    long start = 0;
    for (Range range : RANGES) {
      if (range.start - start >= whole) {
        break;
      }
      start = range.end;
    }
    long end = start + whole;
    if (end > ALL.byteSize()) {
      throw new IllegalStateException(
          NativeAccess.DENIED
              + "; without it there is no room for %d MB of guest memory more"
                  .formatted(size >>> 20));
    }
    RANGES.add(new Range(start, end, arena.scope()));
    RANGES.sort(Comparator.comparingLong(Range::start));
    if (start < fresh) {
      clear(ALL.asSlice(start, Math.min(end, fresh) - start));
    }
    fresh = Math.max(fresh, end);
    return ALL.asSlice(start, size);
  }

  /** Makes it zero; pages that are so already are left untouched. */
  static void clear(MemorySegment memory) {
    long size = memory.byteSize();
    for (long at = 0; at < size; at += PAGE) {
      long length = Math.min(PAGE, size - at);
      if (MemorySegment.mismatch(memory, at, at + length, ZEROS, 0, length) >= 0) {
        memory.asSlice(at, length).fill((byte) 0);
      }
    }
  }

  private static MemorySegment map() {
    for (long size = MOST; size >= LEAST; size /= 2) {
      try {
        return map(size);
      } catch (IOException refused) {
        // half of it may be allowed
      }
    }
    return null;
  }

  private static MemorySegment map(long size) throws IOException {
    Path file = Files.createTempFile("trampoline", null);
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE)) {
      // makes it so long, and all before the last byte a hole
      channel.write(ByteBuffer.allocate(1), size - 1);
      return channel.map(FileChannel.MapMode.PRIVATE, 0, size, Arena.global());
    }
  }
}
