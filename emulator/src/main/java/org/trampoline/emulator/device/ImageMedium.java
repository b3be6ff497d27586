package org.trampoline.emulator.device;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * The contents of a file as they were when it was opened: what is written stays with the machine
 * and is gone after the run, so that runs can be repeated. A last sector that is not whole is
 * filled up with zeros.
 */
public final class ImageMedium implements DiskMedium, AutoCloseable {
  private final Arena arena = Arena.ofShared();
  private final MemorySegment image;

  /**
   * @throws IOException if the file cannot be read
   * @throws IllegalArgumentException if it is empty
   */
  public ImageMedium(Path file) throws IOException {
    if (Files.size(file) == 0) {
      throw new IllegalArgumentException("is empty: expected a disk image");
    }
    image = Files.isWritable(file) ? map(file) : copy(file);
  }

  /** Pages that are written become our own. */
  private MemorySegment map(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return channel.map(MapMode.PRIVATE, 0, channel.size(), arena);
    }
  }

  /** A private mapping needs the right to write. */
  private MemorySegment copy(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      MemorySegment from = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
      return arena.allocate(from.byteSize()).copyFrom(from);
    }
  }

  @Override
  public long sectors() {
    return (image.byteSize() + SECTOR - 1) / SECTOR;
  }

  private int bytes(long sector) {
    return (int) Math.min(SECTOR, image.byteSize() - sector * SECTOR);
  }

  @Override
  public void read(long sector, byte[] to) {
    int bytes = bytes(sector);
    MemorySegment.copy(image, ValueLayout.JAVA_BYTE, sector * SECTOR, to, 0, bytes);
    Arrays.fill(to, bytes, SECTOR, (byte) 0);
  }

  @Override
  public void write(long sector, byte[] from) {
    MemorySegment.copy(from, 0, image, ValueLayout.JAVA_BYTE, sector * SECTOR, bytes(sector));
  }

  @Override
  public void close() {
    arena.close();
  }
}
