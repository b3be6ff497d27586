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
  private final MemorySegment records;
  private final MemorySegment data;
  private final MemorySegment reached;
  private int stride;
  private int broken = -1;

  /** In memory of their own. */
  @SuppressWarnings("MustBeClosedChecker") // close() closes it
  public CaseResults() {
    MemorySegment memory = arena.allocate(SIZE, 4096);
    records = memory.asSlice(0, RECORDS);
    data = memory.asSlice(DATA, CaseWorld.DATA_SIZE);
    reached = memory.asSlice(REACHED, 8);
  }

  /**
   * @param shared {@link #SIZE} bytes that outlive it, aligned to 64
   */
  public CaseResults(MemorySegment shared) {
    records = shared.asSlice(0, RECORDS);
    data = shared.asSlice(DATA, CaseWorld.DATA_SIZE);
    reached = shared.asSlice(REACHED, 8);
  }

  private CaseResults(MemorySegment records, MemorySegment data) {
    this.records = records != null ? records.asSlice(0, RECORDS) : arena.allocate(RECORDS, 64);
    this.data = data.asSlice(0, CaseWorld.DATA_SIZE);
    reached = arena.allocate(8);
  }

  /**
   * Where an oracle has them anyhow; both outlive the results.
   *
   * @param records aligned to 64; null for memory of their own
   * @param data what is at {@link CaseWorld#DATA}
   */
  @SuppressWarnings("MustBeClosedChecker") // closing the results is closing it
  public static CaseResults in(MemorySegment records, MemorySegment data) {
    return new CaseResults(records, data);
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

  /** Takes the memory behind the last case from where an oracle has it, unless that is here. */
  public void takeData(MemorySegment from) {
    if (from.address() != data.address()) {
      MemorySegment.copy(from, 0, data, 0, CaseWorld.DATA_SIZE);
    }
  }

  /** The same for the first bytes of the records. */
  public void takeRecords(MemorySegment from, long bytes) {
    if (from.address() != records.address()) {
      MemorySegment.copy(from, 0, records, 0, bytes);
    }
  }

  /** Takes over what others hold for a batch of that many bytes of records. */
  public void copyFrom(CaseResults other, long bytes) {
    MemorySegment.copy(other.records, 0, records, 0, bytes);
    MemorySegment.copy(other.data, 0, data, 0, CaseWorld.DATA_SIZE);
  }

  /** Notes that a case is about to be executed, for who has to know in which one an oracle died. */
  public void reach(int index) {
    reached.set(ValueLayout.JAVA_INT_UNALIGNED, 0, index);
  }

  /** The case noted last. */
  public int reached() {
    return reached.get(ValueLayout.JAVA_INT_UNALIGNED, 0);
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
