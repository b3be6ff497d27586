package org.trampoline.emulator.image;

import org.trampoline.emulator.device.Pc;

/**
 * A BIOS: read-only memory at the end of the 4 GB, its last 128 KB also below 1 MB. The processor
 * starts at the reset vector, 16 bytes before its end.
 */
public record RomImage(byte[] bytes) implements Image {
  private static final int SMALLEST = 64 << 10;
  private static final int LARGEST = 256 << 10;

  private static final int MIDDLE = 128 << 10;

  /**
   * @throws BadImage if its size is not 64, 128 or 256 KB
   */
  public RomImage {
    if (bytes.length != SMALLEST && bytes.length != MIDDLE && bytes.length != LARGEST) {
      throw new BadImage(
          "has %d bytes: expected 65536, 131072 or 262144 (64, 128 or 256 KB)"
              .formatted(bytes.length));
    }
  }

  @Override
  public void load(Pc pc) {
    pc.installRom(bytes);
    pc.resetProcessor();
  }
}
