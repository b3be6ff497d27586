package org.trampoline.emulator.differential;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.trampoline.emulator.engine.Engine;
import org.trampoline.emulator.engine.GuestPages;
import org.trampoline.emulator.engine.Observer;

/** What one engine did in one step, as far as its observer hears of it. */
final class StepRecord implements Observer {
  private static final int PAGE = 4096;

  private final MemorySegment ram;
  private final GuestPages pages;

  /** Linear address of the instruction; meaningful if {@link #fetched}. */
  int address;

  boolean fetched;

  /** Exception delivered, -1 if none; software interrupts show in the registers. */
  int vector;

  int errorCode;
  int faultAddress;

  /** Physical addresses and sizes of what was written. */
  private long[] starts = new long[16];

  private int[] sizes = new int[16];
  private int writes;

  StepRecord(Engine engine) {
    ram = engine.ram();
    pages = new GuestPages(ram);
  }

  /**
   * Prepares for the next step.
   *
   * @param before the engine's state before it
   */
  void clear(EngineState before) {
    before.control(pages);
    fetched = false;
    vector = -1;
    errorCode = 0;
    faultAddress = 0;
    writes = 0;
  }

  boolean sameException(StepRecord other) {
    return vector == other.vector
        && errorCode == other.errorCode
        && faultAddress == other.faultAddress;
  }

  int writes() {
    return writes;
  }

  long start(int i) {
    return starts[i];
  }

  int size(int i) {
    return sizes[i];
  }

  @Override
  public void instruction(Engine engine, int address) {
    this.address = address;
    fetched = true;
  }

  @Override
  public void memoryWrite(Engine engine, int linear, int size, long value) {
    int inFirst = Math.min(size, PAGE - (linear & PAGE - 1));
    add(pages.physical(linear), inFirst);
    if (inFirst < size) {
      add(pages.physical(linear + inFirst), size - inFirst);
    }
  }

  @Override
  public void physicalWrite(Engine engine, int physical, int size, long value) {
    add(physical & 0xffff_ffffL, Math.min(size, PAGE - (physical & PAGE - 1)));
  }

  private void add(long physical, int size) {
    if (physical < 0 || physical + size > ram.byteSize()) {
      return; // not RAM: nothing to compare
    }
    if (writes == starts.length) {
      starts = Arrays.copyOf(starts, 2 * writes);
      sizes = Arrays.copyOf(sizes, 2 * writes);
    }
    starts[writes] = physical;
    sizes[writes++] = size;
  }

  @Override
  public void fault(Engine engine, int vector, int errorCode, int linear) {
    this.vector = vector;
    this.errorCode = errorCode;
    faultAddress = linear;
  }
}
