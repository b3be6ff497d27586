package org.trampoline.emulator.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Raw access to off-heap memory by host address. Guest RAM and the translation maps lie off-heap
 * because emitted host code works on them too; an address given here must come from one of them.
 */
public final class Host {
  @SuppressWarnings("restricted")
  private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Host() {}

  /** Copies, as if by way of a buffer where the two overlap. */
  public static void copy(long from, long to, long bytes) {
    MemorySegment.copy(ALL, from, ALL, to, bytes);
  }

  public static int get8(long address) {
    return ALL.get(BYTE, address) & 0xff;
  }

  public static int get16(long address) {
    return ALL.get(SHORT, address) & 0xffff;
  }

  public static int get32(long address) {
    return ALL.get(INT, address);
  }

  public static long get64(long address) {
    return ALL.get(LONG, address);
  }

  public static void put8(long address, int value) {
    ALL.set(BYTE, address, (byte) value);
  }

  public static void put16(long address, int value) {
    ALL.set(SHORT, address, (short) value);
  }

  public static void put32(long address, int value) {
    ALL.set(INT, address, value);
  }

  public static void put64(long address, long value) {
    ALL.set(LONG, address, value);
  }
}
