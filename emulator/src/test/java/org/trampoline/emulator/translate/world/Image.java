package org.trampoline.emulator.translate.world;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/** A world's memory before it begins. */
final class Image {
  final byte[] bytes = new byte[Places.MEMORY];
  private final ByteBuffer memory = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);

  void set16(int at, int value) {
    memory.putShort(at, (short) value);
  }

  void set32(int at, int value) {
    memory.putInt(at, value);
  }

  void set64(int at, long value) {
    memory.putLong(at, value);
  }

  long get64(int at) {
    return memory.getLong(at);
  }

  /** Fills with random words, of which some are small and some are addresses. */
  void scatter(Random random, int from, int length) {
    for (int at = from; at < from + length; at += 4) {
      int value = random.nextInt();
      set32(at, (value & 3) == 0 ? value >> 24 : (value & 3) == 1 ? Choice.address(random) : value);
    }
  }
}
