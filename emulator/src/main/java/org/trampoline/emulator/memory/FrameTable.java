package org.trampoline.emulator.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What is known about each physical page frame: an attribute byte for all 2<sup>20</sup> frames
 * below 4 GB, and for frames of RAM a record of 32 bytes. Off-heap and zero at first, so it costs
 * host memory only for the frames in use.
 */
final class FrameTable {
  static final int FRAMES = 1 << 20;

  /** Writers of a frame that can be remembered. */
  static final int WRITERS = 4;

  static final int RECORD_SHIFT = 5;
  private static final int USES = 16;
  private static final int STORES = 20;
  private static final int CODE_LINES = 24;

  private final MemorySegment attributeBytes;
  private final long attributes;
  private final long records;

  FrameTable(Arena arena, int ramFrames) {
    attributeBytes = HostMemory.allocate(arena, FRAMES);
    attributes = attributeBytes.address();
    records = HostMemory.allocate(arena, (long) ramFrames << RECORD_SHIFT).address();
  }

  /** Attributes (see {@link PhysicalMemory}) of any frame; above 4 GB all are absent. */
  int attributes(int frame) {
    return frame < FRAMES ? Host.get8(attributes + frame) : PhysicalMemory.ABSENT;
  }

  void attributes(int frame, int value) {
    Host.put8(attributes + frame, value);
  }

  void attributes(int first, int end, int value) {
    attributeBytes.asSlice(first, end - first).fill((byte) value);
  }

  /** Host address of the attribute bytes. */
  long attributesAddress() {
    return attributes;
  }

  /** What has had a write entry to the frame; 0 none, see {@link Writers}. */
  int writer(int frame, int i) {
    return Host.get32(record(frame) + 4L * i);
  }

  void writer(int frame, int i, int value) {
    Host.put32(record(frame) + 4L * i, value);
  }

  /** Head of the list of uses as a page table or directory; 0 none, see {@link TableUses}. */
  int uses(int frame) {
    return Host.get32(record(frame) + USES);
  }

  void uses(int frame, int value) {
    Host.put32(record(frame) + USES, value);
  }

  /** Stores to a page-table frame since the last walk through it. */
  int stores(int frame) {
    return Host.get32(record(frame) + STORES);
  }

  void stores(int frame, int value) {
    Host.put32(record(frame) + STORES, value);
  }

  /** A bit for each line of {@link PhysicalMemory#CODE_LINE} bytes that holds code. */
  long codeLines(int frame) {
    return Host.get64(record(frame) + CODE_LINES);
  }

  void codeLines(int frame, long value) {
    Host.put64(record(frame) + CODE_LINES, value);
  }

  /** Host address of frame 0's {@link #codeLines}. */
  long codeLinesAddress() {
    return records + CODE_LINES;
  }

  private long record(int frame) {
    return records + ((long) frame << RECORD_SHIFT);
  }
}
