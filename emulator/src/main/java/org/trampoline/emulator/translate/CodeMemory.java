package org.trampoline.emulator.translate;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.trampoline.emulator.memory.HostCalls;
import org.trampoline.emulator.memory.NativeAccess;

/**
 * Memory for emitted code: one memory object of the kernel's, mapped once writable and once
 * executable (W^X), and where that is refused one mapping that is both. Around it lie pages that
 * cannot be accessed. A plain block of memory for the state comes with it.
 */
final class CodeMemory {
  private static final long GUARD = 1 << 16;
  private static final int PROT_NONE = 0;
  private static final int PROT_READ_WRITE = 3;
  private static final int PROT_READ_EXECUTE = 5;
  private static final int PROT_ALL = 7;
  private static final int MAP_SHARED = 1;
  private static final int MAP_FIXED = 0x10;
  private static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x4022;
  private static final int PRIVATE_FIXED = MAP_PRIVATE_ANONYMOUS_NORESERVE | MAP_FIXED;
  private static final long FAILED = -1;

  /** mmap(2) from offset 0; -1 if it is refused. */
  @FunctionalInterface
  interface Mapping {
    long mmap(long at, long bytes, int protection, int flags, int file);
  }

  private final MemorySegment writable;
  private final long executable;
  private final long state;
  private final boolean separate;

  private CodeMemory(MemorySegment writable, long executable, long state, boolean separate) {
    this.writable = writable;
    this.executable = executable;
    this.state = state;
    this.separate = separate;
  }

  /** Bytes into which code may be written. */
  MemorySegment writable() {
    return writable;
  }

  /** Host address at which the code of offset 0 is executed. */
  long executable() {
    return executable;
  }

  /** Host address of the block for the state. */
  long state() {
    return state;
  }

  /** Whether no address is both writable and executable. */
  boolean separate() {
    return separate;
  }

  /**
   * Allocates memory that lives as long as {@code arena}.
   *
   * @throws TranslatorUnavailableException if the host does not allow it
   */
  static CodeMemory allocate(Arena arena, long codeBytes, long stateBytes) {
    requireHost();
    return map(arena, codeBytes, stateBytes, HostCalls::mmap);
  }

  private static void requireHost() {
    String os = System.getProperty("os.name");
    String arch = System.getProperty("os.arch");
    if (!supported(os, arch)) {
      throw new TranslatorUnavailableException(
          "it emits x86-64 code for Linux, and this is " + os + " on " + arch);
    }
    if (!NativeAccess.allowed()) {
      throw new TranslatorUnavailableException(NativeAccess.DENIED);
    }
  }

  /** Whether a system, as the JVM names it, executes what is emitted. */
  static boolean supported(String os, String arch) {
    return os.equals("Linux") && arch.equals("amd64");
  }

  /** Allocates by a host's mmap(2), which may refuse. */
  @SuppressWarnings("restricted")
  static CodeMemory map(Arena arena, long codeBytes, long stateBytes, Mapping host) {
    long state = reserve(arena, stateBytes, host);
    long executable = reserve(arena, codeBytes, host);
    require(host.mmap(state, stateBytes, PROT_READ_WRITE, PRIVATE_FIXED, -1), state);
    int file = HostCalls.memoryFile(codeBytes);
    boolean separate =
        file >= 0
            && host.mmap(executable, codeBytes, PROT_READ_EXECUTE, MAP_SHARED | MAP_FIXED, file)
                == executable;
    long write = executable;
    if (separate) {
      write = reserve(arena, codeBytes, host);
      separate =
          host.mmap(write, codeBytes, PROT_READ_WRITE, MAP_SHARED | MAP_FIXED, file) == write;
    }
    if (file >= 0) {
      HostCalls.close(file);
    }
    if (!separate) {
      write = executable;
      require(host.mmap(executable, codeBytes, PROT_ALL, PRIVATE_FIXED, -1), executable);
    }
    MemorySegment writable = MemorySegment.ofAddress(write).reinterpret(codeBytes, arena, null);
    return new CodeMemory(writable, executable, state, separate);
  }

  private static void require(long got, long wanted) {
    if (got != wanted) {
      throw new TranslatorUnavailableException("the host refuses executable memory");
    }
  }

  /** Address space with inaccessible pages on both sides, freed with the arena. */
  @SuppressWarnings("restricted")
  private static long reserve(Arena arena, long bytes, Mapping host) {
    long whole = bytes + 2 * GUARD;
    long address = host.mmap(0, whole, PROT_NONE, MAP_PRIVATE_ANONYMOUS_NORESERVE, -1);
    if (address == FAILED) {
      throw new TranslatorUnavailableException("the host has no room for emitted code");
    }
    MemorySegment ignored =
        MemorySegment.ofAddress(address)
            .reinterpret(whole, arena, segment -> HostCalls.munmap(segment.address(), whole));
    return address + GUARD;
  }
}
