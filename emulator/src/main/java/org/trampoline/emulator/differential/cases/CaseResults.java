package org.trampoline.emulator.differential.cases;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** What an oracle made of a batch: the states after, and the data after the last case. */
public final class CaseResults implements AutoCloseable {
  private final Arena arena = Arena.ofShared();
  private final MemorySegment records =
      arena.allocate((long) CaseBatch.CASES_FX * CaseRecord.SIZE_FX, 64);
  private final MemorySegment data = arena.allocate(CaseWorld.DATA_SIZE, 4096);
  private int stride;

  /** Makes it fit a batch; what the records hold is of no meaning then. */
  public void fit(CaseBatch batch) {
    stride = batch.stride();
  }

  /** Host address of case {@code i}'s result. */
  public long record(int i) {
    return records.address() + (long) i * stride;
  }

  /** All results' memory. */
  public MemorySegment records() {
    return records;
  }

  /** What is at {@link CaseWorld#DATA} behind the last case, without the read-only page. */
  public MemorySegment data() {
    return data;
  }

  @Override
  public void close() {
    arena.close();
  }
}
