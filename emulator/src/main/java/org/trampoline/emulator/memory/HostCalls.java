package org.trampoline.emulator.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Calls of host code: of what the translator emits, and of the few functions of the C library that
 * allocate memory, on Linux. All go through one kind of foreign call, six numbers of 64 bits in and
 * one out, as each kind costs the JVM classes that it generates at the first use, some 10 ms; code
 * with fewer or narrower parameters leaves the rest alone.
 */
public final class HostCalls {
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final MethodHandle CALL = handle();
  private static final MemorySegment MMAP = find("mmap");
  private static final MemorySegment MUNMAP = find("munmap");
  private static final MemorySegment MPROTECT = find("mprotect");
  private static final MemorySegment MADVISE = find("madvise");
  private static final MemorySegment MEMFD_CREATE = find("memfd_create");
  private static final MemorySegment FTRUNCATE = find("ftruncate");
  private static final MemorySegment CLOSE = find("close");
  private static final int MFD_CLOEXEC = 1;

  private HostCalls() {}

  @SuppressWarnings("restricted")
  private static MethodHandle handle() {
    return Linker.nativeLinker()
        .downcallHandle(FunctionDescriptor.of(LONG, LONG, LONG, LONG, LONG, LONG, LONG));
  }

  private static MemorySegment find(String name) {
    return Linker.nativeLinker().defaultLookup().findOrThrow(name);
  }

  private static long call(MemorySegment function, long a, long b, long c, long d, long e) {
    try {
      return (long) CALL.invokeExact(function, a, b, c, d, e, 0L);
    } catch (Throwable unexpected) {
      // a foreign call declares Throwable but a C function throws nothing
      throw new IllegalStateException("system call failed", unexpected);
    }
  }

  /** Calls emitted code: {@code int code(long a, long b)}. */
  public static int enter(MemorySegment code, long a, long b) {
    try {
      return (int) (long) CALL.invokeExact(code, a, b, 0L, 0L, 0L, 0L);
    } catch (Throwable e) {
      throw new IllegalStateException("emitted code cannot be called", e);
    }
  }

  /** mmap(2) from offset 0; -1 if it is refused. */
  public static long mmap(long at, long bytes, int protection, int flags, int file) {
    return call(MMAP, at, bytes, protection, flags, file);
  }

  /** munmap(2). */
  public static void munmap(long at, long bytes) {
    call(MUNMAP, at, bytes, 0, 0, 0);
  }

  /** mprotect(2); whether it has succeeded. */
  static boolean mprotect(long at, long bytes, int protection) {
    return (int) call(MPROTECT, at, bytes, protection, 0, 0) == 0;
  }

  /** madvise(2); whether it has succeeded. */
  static boolean madvise(long at, long bytes, int advice) {
    return (int) call(MADVISE, at, bytes, advice, 0, 0) == 0;
  }

  /** A nameless file in memory, or -1. */
  public static int memoryFile(long bytes) {
    try (Arena arena = Arena.ofConfined()) {
      long name = arena.allocateFrom("trampoline").address();
      int file = (int) call(MEMFD_CREATE, name, MFD_CLOEXEC, 0, 0, 0);
      if (file >= 0 && (int) call(FTRUNCATE, file, bytes, 0, 0, 0) != 0) {
        close(file);
        return -1;
      }
      return file;
    }
  }

  /** close(2). */
  public static void close(int file) {
    call(CLOSE, file, 0, 0, 0, 0);
  }
}
