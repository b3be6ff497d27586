package org.trampoline.emulator.oracle;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A fixed list of registers of one engine that are read or written in one call (about 0.1 µs for
 * sixteen), with a place for each one's value. Index {@code i} is the i-th register of the list;
 * LDTR and TR read as their selectors and cannot be set here.
 */
public final class UnicornRegisterBatch {
  private static final int SLOT = 32; // the widest value: 24 bytes of LDTR or TR

  private final Unicorn engine;
  private final int count;
  private final MemorySegment ids;
  private final MemorySegment pointers;
  private final MemorySegment values;

  UnicornRegisterBatch(Unicorn engine, Arena arena, UnicornRegister... registers) {
    this.engine = engine;
    count = registers.length;
    ids = arena.allocate(JAVA_INT, count);
    pointers = arena.allocate(ADDRESS, count);
    values = arena.allocate((long) SLOT * count, 16); // zeroed: narrow registers stay so above
    for (int i = 0; i < count; i++) {
      ids.setAtIndex(JAVA_INT, i, registers[i].id);
      pointers.setAtIndex(ADDRESS, i, values.asSlice((long) SLOT * i));
    }
  }

  /** Fetches all registers from the engine. */
  public void read() {
    Unicorn.check(
        LibUnicorn.regReadBatch(engine.handle(), ids, pointers, count), "uc_reg_read_batch");
  }

  /**
   * Gives all registers to the engine, in the order of the list.
   *
   * @throws UnicornException as for {@link Unicorn#set}; registers before that one are set
   */
  public void write() {
    Unicorn.check(
        LibUnicorn.regWriteBatch(engine.handle(), ids, pointers, count), "uc_reg_write_batch");
  }

  /** The low 32 bits of a value fetched or set last. */
  public int get(int index) {
    return values.get(JAVA_INT, (long) SLOT * index);
  }

  /** Sets a value, zero-extended, for the next {@link #write}. */
  public void set(int index, int value) {
    values.set(JAVA_LONG, (long) SLOT * index, Integer.toUnsignedLong(value));
    values.set(JAVA_LONG, (long) SLOT * index + 8, 0);
  }
}
