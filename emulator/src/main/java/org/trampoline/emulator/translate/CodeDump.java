package org.trampoline.emulator.translate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Writes every block to a directory when it is translated, a file for each page of linear
 * addresses: {@code c0101000.txt}. After {@link #LIMIT} blocks it says so in {@code and-more.txt}
 * and stops.
 */
final class CodeDump {
  /** Blocks written at most: a guest may generate code for ever. */
  static final int LIMIT = 100_000;

  private final Path directory;
  private int written;

  CodeDump(Path directory) {
    this.directory = directory;
  }

  void add(int linear, String listing) {
    try {
      if (written++ < LIMIT) {
        append("%08x.txt".formatted(linear & ~0xfff), listing);
      } else if (written == LIMIT + 1) {
        append("and-more.txt", LIMIT + " blocks were written, and more were translated\n");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void append(String file, String text) throws IOException {
    Files.write(
        directory.resolve(file),
        text.getBytes(StandardCharsets.UTF_8),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }
}
