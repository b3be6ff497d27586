package org.trampoline.emulator.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Zero-filled memory outside the Java heap that the host commits page by page on first touch, so
 * that gigabytes of guest RAM and sparse translation maps cost what is used of them. On each side
 * lies a gap that cannot be accessed: a wrong address near an end hits nothing else of the JVM's.
 */
final class HostMemory {
  /** Inaccessible bytes on each side; more than the largest displacement of a single access. */
  static final long GUARD = 1L << 20;

  private static final int PROT_NONE = 0;
  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x4022;
  private static final int MADV_DONTNEED = 4;
  private static final boolean LINUX = System.getProperty("os.name").equals("Linux");

  private HostMemory() {}

  /**
   * Allocates {@code size} bytes, page-aligned, that live as long as {@code arena}.
   *
   * @throws IllegalStateException if the host has no room for it, or the JVM denies native access
   */
  static MemorySegment allocate(Arena arena, long size) {
    requireNativeAccess();
    MemorySegment memory = LINUX ? map(arena, size) : guarded(arena, size);
    if (memory.address() >>> 32 == 0) {
      // An addend of 0 in a translation map means "absent", and must never be a valid one.
      throw new IllegalStateException("guest memory must lie above the host's first 4 GB");
    }
    return memory;
  }

  @SuppressWarnings("restricted")
  private static void requireNativeAccess() {
    try {
      MemorySegment ignored = MemorySegment.NULL.reinterpret(1);
    } catch (IllegalCallerException e) {
      throw new IllegalStateException(
          "guest memory lies outside the Java heap, and the JVM denies access:"
              + " --enable-native-access=ALL-UNNAMED allows it",
          e);
    }
  }

  /** Gives the pages back to the host where it is able to; the contents are zero afterwards. */
  static void discard(MemorySegment memory) {
    if (!LINUX
        || Native.call(Native.MADVISE, memory.address(), memory.byteSize(), MADV_DONTNEED) != 0) {
      memory.fill((byte) 0);
    }
  }

  private static MemorySegment guarded(Arena arena, long size) {
    return arena.allocate(size + 2 * GUARD, 4096).asSlice(GUARD, size);
  }

  @SuppressWarnings("restricted")
  private static MemorySegment map(Arena arena, long size) {
    long whole = size + 2 * GUARD;
    long address = Native.mmap(whole, PROT_NONE, MAP_PRIVATE_ANONYMOUS_NORESERVE);
    if (address == -1
        || Native.call(Native.MPROTECT, address + GUARD, size, PROT_READ_WRITE) != 0) {
      throw new IllegalStateException(
          "the host has no room for " + (size >>> 20) + " MB of guest memory");
    }
    return MemorySegment.ofAddress(address)
        .reinterpret(whole, arena, segment -> Native.munmap(segment.address(), whole))
        .asSlice(GUARD, size);
  }

  /** The few system calls, linked when first needed: other hosts than Linux never do. */
  private static final class Native {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    static final MethodHandle MMAP =
        link("mmap", FunctionDescriptor.of(LONG, LONG, LONG, INT, INT, INT, LONG));
    static final MethodHandle MPROTECT =
        link("mprotect", FunctionDescriptor.of(INT, LONG, LONG, INT));
    static final MethodHandle MADVISE =
        link("madvise", FunctionDescriptor.of(INT, LONG, LONG, INT));
    static final MethodHandle MUNMAP = link("munmap", FunctionDescriptor.of(INT, LONG, LONG));

    @SuppressWarnings("restricted")
    private static MethodHandle link(String name, FunctionDescriptor descriptor) {
      Linker linker = Linker.nativeLinker();
      return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
    }

    static long mmap(long size, int protection, int flags) {
      try {
        return (long) MMAP.invokeExact(0L, size, protection, flags, -1, 0L);
      } catch (Throwable e) {
        throw unexpected(e);
      }
    }

    static int call(MethodHandle function, long address, long size, int argument) {
      try {
        return (int) function.invokeExact(address, size, argument);
      } catch (Throwable e) {
        throw unexpected(e);
      }
    }

    static void munmap(long address, long size) {
      try {
        int ignored = (int) MUNMAP.invokeExact(address, size);
      } catch (Throwable e) {
        throw unexpected(e);
      }
    }

    /** A downcall declares Throwable but a C function throws nothing. */
    private static IllegalStateException unexpected(Throwable e) {
      return new IllegalStateException("system call failed", e);
    }
  }
}
