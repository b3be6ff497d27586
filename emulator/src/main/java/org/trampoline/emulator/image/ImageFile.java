package org.trampoline.emulator.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The bytes of an image file, little-endian, with reads that complain about a truncated file. */
final class ImageFile {
  private final ByteBuffer bytes;

  ImageFile(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  int size() {
    return bytes.capacity();
  }

  boolean has(long offset, long length) {
    return offset >= 0 && length >= 0 && offset + length <= size();
  }

  int u8(int offset) {
    require(offset, 1);
    return bytes.get(offset) & 0xff;
  }

  int u16(int offset) {
    require(offset, 2);
    return bytes.getShort(offset) & 0xffff;
  }

  int u32(int offset) {
    require(offset, 4);
    return bytes.getInt(offset);
  }

  /** An unsigned 32-bit field. */
  long offset(int at) {
    return u32(at) & 0xffff_ffffL;
  }

  byte[] slice(long offset, long length) {
    require(offset, length);
    byte[] part = new byte[(int) length];
    bytes.get((int) offset, part);
    return part;
  }

  private void require(long offset, long length) {
    if (!has(offset, length)) {
      throw new BadImage(
          "ends after %d bytes: expected %d more at 0x%x"
              .formatted(size(), offset + length - Math.max(offset, size()), offset));
    }
  }
}
