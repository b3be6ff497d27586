package org.trampoline.emulator.differential.cases;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What an oracle made of a batch: the states after, and the data after the last case. */
public final class CaseResults implements AutoCloseable {
  private static final long RECORDS = (long) CaseBatch.CASES_FX * CaseRecord.SIZE_FX;
  private static final long DATA = RECORDS + 4095 & ~4095L;
  private static final long REACHED = DATA + CaseWorld.DATA_SIZE;

  /** Bytes of memory that results take. */
  public static final long SIZE = REACHED + 8;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment memory;
  private final MemorySegment records;
  private final MemorySegment data;
  private int stride;
  private int broken = -1;

  /** In memory of their own. */
  public CaseResults() {
    this(null);
  }

  /**
   * @param shared {@link #SIZE} bytes that outlive it, aligned to 64; null for memory of its own
   */
  public CaseResults(MemorySegment shared) {
    memory = shared != null ? shared : arena.allocate(SIZE, 4096);
    records = memory.asSlice(0, RECORDS);
    data = memory.asSlice(DATA, CaseWorld.DATA_SIZE);
  }

  /** Makes it fit a batch; what the records hold is of no meaning then. */
  public void fit(CaseBatch batch) {
    stride = batch.stride();
    broken = -1;
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

  /** Takes over what others hold for a batch of that many bytes of records. */
  public void copyFrom(CaseResults other, long bytes) {
    MemorySegment.copy(other.records, 0, records, 0, bytes);
    MemorySegment.copy(other.data, 0, data, 0, CaseWorld.DATA_SIZE);
  }

  /** Notes that a case is about to be executed, for who has to know in which one an oracle died. */
  public void reach(int index) {
    memory.set(ValueLayout.JAVA_INT_UNALIGNED, REACHED, index);
  }

  /** The case noted last. */
  public int reached() {
    return memory.get(ValueLayout.JAVA_INT_UNALIGNED, REACHED);
  }

  /** Says that the oracle crashed or hung in a case; there are no results from it on. */
  public void breakAt(int index) {
    broken = index;
    CaseRecord.fault(record(index), CaseRecord.BROKEN, 0, 0);
  }

  /** The case in which the oracle crashed or hung; -1 if it did not. */
  public int broken() {
    return broken;
  }

  @Override
  public void close() {
    arena.close();
  }
}
