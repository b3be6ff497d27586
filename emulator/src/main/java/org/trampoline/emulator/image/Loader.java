package org.trampoline.emulator.image;

import java.lang.foreign.MemorySegment;
import org.trampoline.emulator.Machine;

/** Puts the parts of an image into RAM and remembers where they end. */
final class Loader {
  /** Bytes moved at once: no garbage is collected meanwhile. */
  private static final int PIECE = 1 << 20;

  private final Machine machine;
  private final long ram;
  private long end;

  Loader(Machine machine) {
    this.machine = machine;
    ram = machine.ram().byteSize();
  }

  /**
   * Copies bytes to a physical address, followed by zeros up to {@code size} bytes.
   *
   * @param what for the message: {@code segment 2}
   * @throws BadImage if it does not fit into RAM
   */
  void put(String what, long physical, byte[] bytes, long size) {
    if (physical + size > ram) {
      throw new BadImage(
          "%s needs memory from 0x%x to 0x%x: there are %d MB, see --memory"
              .formatted(what, physical, physical + size, ram >> 20));
    }
    MemorySegment target = machine.ram().asSlice(physical, size);
    MemorySegment source = MemorySegment.ofArray(bytes);
    for (long at = 0; at < bytes.length; at += PIECE) {
      MemorySegment.copy(source, at, target, at, Math.min(PIECE, bytes.length - at));
    }
    for (long at = bytes.length; at < size; at += PIECE) {
      target.asSlice(at, Math.min(PIECE, size - at)).fill((byte) 0);
    }
    end = Math.max(end, physical + size);
  }

  void put(String what, long physical, byte[] bytes) {
    put(what, physical, bytes, bytes.length);
  }

  /** The first page after everything that was put so far. */
  long endPage() {
    return end + 0xfff & ~0xfffL;
  }
}
