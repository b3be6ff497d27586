package org.trampoline.emulator.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Zero-filled memory outside the Java heap that the host commits page by page on first touch, so
 * that gigabytes of guest RAM and sparse translation maps cost what is used of them. On each side
 * lies a gap that cannot be accessed: a wrong address near an end hits nothing else of the JVM's.
 * Where the JVM denies native access it is {@link SparseMemory}.
 */
final class HostMemory {
  /** Inaccessible bytes on each side; more than the largest displacement of a single access. */
  static final long GUARD = 1L << 20;

  private static final int PROT_NONE = 0;
  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x4022;
  private static final int MAP_FIXED = 0x10;
  private static final int MADV_DONTNEED = 4;
  private static final boolean LINUX = System.getProperty("os.name").equals("Linux");

  private HostMemory() {}

  /**
   * Allocates {@code size} bytes, page-aligned, that live as long as {@code arena}.
   *
   * @throws NoHostMemoryException if the host has no room for it
   */
  static MemorySegment allocate(Arena arena, long size) {
    MemorySegment memory = allocated(arena, size);
    if (memory.address() >>> 32 == 0) {
      // An addend of 0 in a translation map means "absent", and must never be a valid one.
      throw new IllegalStateException("guest memory must lie above the host's first 4 GB");
    }
    return memory;
  }

  private static MemorySegment allocated(Arena arena, long size) {
    if (!NativeAccess.ALLOWED) {
      return SparseMemory.allocate(arena, size + 2 * GUARD).asSlice(GUARD, size);
    }
    return LINUX ? map(arena, size) : guarded(arena, size);
  }

  /** Whether what is allocated costs no more of the host's memory than what is used of it. */
  static boolean isSparse() {
    return LINUX && NativeAccess.ALLOWED;
  }

  /**
   * Gives whole pages of what was allocated back to the host where it is able to, and the page
   * tables that it had for them; the contents are zero afterwards.
   */
  static void discard(MemorySegment memory) {
    long address = memory.address();
    long size = memory.byteSize();
    int flags = MAP_PRIVATE_ANONYMOUS_NORESERVE | MAP_FIXED;
    if (!NativeAccess.ALLOWED) {
      SparseMemory.clear(memory);
    } else if (!LINUX
        || HostCalls.mmap(address, size, PROT_READ_WRITE, flags, -1) != address
            && !HostCalls.madvise(address, size, MADV_DONTNEED)) {
      memory.fill((byte) 0);
    }
  }

  private static MemorySegment guarded(Arena arena, long size) {
    return arena.allocate(size + 2 * GUARD, 4096).asSlice(GUARD, size);
  }

  @SuppressWarnings("restricted")
  private static MemorySegment map(Arena arena, long size) {
    long whole = size + 2 * GUARD;
    long address = HostCalls.mmap(0, whole, PROT_NONE, MAP_PRIVATE_ANONYMOUS_NORESERVE, -1);
    if (address == -1) {
      throw new NoHostMemoryException(size);
    }
    if (!HostCalls.mprotect(address + GUARD, size, PROT_READ_WRITE)) {
      HostCalls.munmap(address, whole);
      throw new NoHostMemoryException(size);
    }
    return MemorySegment.ofAddress(address)
        .reinterpret(whole, arena, segment -> HostCalls.munmap(segment.address(), whole))
        .asSlice(GUARD, size);
  }
}
