package org.trampoline.emulator.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Raw access to off-heap memory by host address. Guest RAM and the translation maps lie off-heap
 * because emitted host code works on them too; an address given here must come from one of them.
 */
public final class Host {
  /** All of the address space, or where native access is denied what there is for the guest. */
  private static final MemorySegment ALL = NativeAccess.ALLOWED ? everything() : SparseMemory.ALL;

  /** Host address of its first byte. */
  private static final long BASE = NativeAccess.ALLOWED ? 0 : SparseMemory.base();

  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Host() {}

  @SuppressWarnings("restricted")
  private static MemorySegment everything() {
    return MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
  }

  /** Copies, as if by way of a buffer where the two overlap. */
  public static void copy(long from, long to, long bytes) {
    MemorySegment.copy(ALL, from - BASE, ALL, to - BASE, bytes);
  }

  public static int get8(long address) {
    return ALL.get(BYTE, address - BASE) & 0xff;
  }

  public static int get16(long address) {
    return ALL.get(SHORT, address - BASE) & 0xffff;
  }

  public static int get32(long address) {
    return ALL.get(INT, address - BASE);
  }

  public static long get64(long address) {
    return ALL.get(LONG, address - BASE);
  }

  public static void put8(long address, int value) {
    ALL.set(BYTE, address - BASE, (byte) value);
  }

  public static void put16(long address, int value) {
    ALL.set(SHORT, address - BASE, (short) value);
  }

  public static void put32(long address, int value) {
    ALL.set(INT, address - BASE, value);
  }

  public static void put64(long address, long value) {
    ALL.set(LONG, address - BASE, value);
  }
}
