package org.trampoline.emulator.translate;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.trampoline.emulator.memory.HostCalls;

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
    String os = System.getProperty("os.name");
    String arch = System.getProperty("os.arch");
    if (!os.equals("Linux") || !arch.equals("amd64")) {
      throw new TranslatorUnavailableException(
          "it emits x86-64 code for Linux, and this is " + os + " on " + arch);
    }
    return map(arena, codeBytes, stateBytes);
  }

  @SuppressWarnings("restricted")
  private static CodeMemory map(Arena arena, long codeBytes, long stateBytes) {
    long state = reserve(arena, stateBytes);
    long executable = reserve(arena, codeBytes);
    require(HostCalls.mmap(state, stateBytes, PROT_READ_WRITE, PRIVATE_FIXED, -1), state);
    int file = HostCalls.memoryFile(codeBytes);
    boolean separate =
        file >= 0
            && HostCalls.mmap(
                    executable, codeBytes, PROT_READ_EXECUTE, MAP_SHARED | MAP_FIXED, file)
                == executable;
    long write = executable;
    if (separate) {
      write = reserve(arena, codeBytes);
      separate =
          HostCalls.mmap(write, codeBytes, PROT_READ_WRITE, MAP_SHARED | MAP_FIXED, file) == write;
    }
    if (file >= 0) {
      HostCalls.close(file);
    }
    if (!separate) {
      write = executable;
      require(HostCalls.mmap(executable, codeBytes, PROT_ALL, PRIVATE_FIXED, -1), executable);
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
  private static long reserve(Arena arena, long bytes) {
    long whole = bytes + 2 * GUARD;
    long address = HostCalls.mmap(0, whole, PROT_NONE, MAP_PRIVATE_ANONYMOUS_NORESERVE, -1);
    if (address == FAILED) {
      throw new TranslatorUnavailableException("the host has no room for emitted code");
    }
    MemorySegment ignored =
        MemorySegment.ofAddress(address)
            .reinterpret(whole, arena, segment -> HostCalls.munmap(segment.address(), whole));
    return address + GUARD;
  }
}
