package org.trampoline.emulator.oracle;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A copy of a Unicorn CPU's state, without memory. Restoring it also clears an exception that a hook
 * left pending.
 */
public final class UnicornContext implements AutoCloseable {
  private final Unicorn engine;
  private MemorySegment context;

  UnicornContext(Unicorn engine) {
    this.engine = engine;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      Unicorn.check(LibUnicorn.contextAlloc(engine.handle(), out), "uc_context_alloc");
      context = out.get(ADDRESS, 0);
    }
  }

  /** Copies the engine's state here, over what was saved before. */
  public void save() {
    Unicorn.check(LibUnicorn.contextSave(engine.handle(), open()), "uc_context_save");
  }

  /** Puts the saved state back into the engine. */
  public void restore() {
    Unicorn.check(LibUnicorn.contextRestore(engine.handle(), open()), "uc_context_restore");
  }

  private MemorySegment open() {
    if (context == null) {
      throw new IllegalStateException("this Unicorn context is closed");
    }
    return context;
  }

  /** Frees the copy; a second call does nothing. */
  @Override
  public void close() {
    if (context != null) {
      MemorySegment freed = context;
      context = null;
      Unicorn.check(LibUnicorn.contextFree(freed), "uc_context_free");
    }
  }
}
